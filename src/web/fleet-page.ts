import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { FLEET_MESSAGES } from "./fleet-messages";
import { asks, button, ownForm } from "./form";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";

/** What the fleet page shows; only owners see it. */
export interface FleetView {
	/** Whether the fleet has a key. */
	readonly sealed: boolean;
	/** The join code to show; empty: none. */
	readonly code: string;
	/** How the last attempt to join went; empty: there was none. */
	readonly outcome: string;
	/** Addresses of cameras that are not in this fleet, for all that was heard: anybody can forge that. */
	readonly outside?: readonly string[];
}

/** Generates the page on which a fleet gets a key and cameras join it. @param id of the camera */
export function fleetPage(view: FleetView, visitor: Visitor, id: string): Page {
	const text = FLEET_MESSAGES;
	const parts = [
		pageHeader(text.title, "/fleet", visitor),
		`<main><div role="status">${view.outcome === "" ? "" : `<p class="notice">${escapeHtml(view.outcome)}</p>`}</div>`,
	];
	for (const address of view.outside ?? []) {
		parts.push(`<p class="notice">${escapeHtml((view.sealed ? text.outside : text.otherFleet)(address))}</p>`);
	}
	const code =
		view.code === ""
			? ""
			: `<p>${escapeHtml(text.code)}</p>${copyable(view.code, text.codeName)}<p>${escapeHtml(text.codeUse)}</p>`;
	if (view.sealed) {
		const invite = ownForm(id, "/api/v1/fleet/invite", button(text.showCode));
		parts.push(section("key", text.key, `<p>${escapeHtml(text.sealed)}</p>${code}${invite}`));
	} else {
		const about = `<p><strong>${escapeHtml(text.open)}</strong> ${escapeHtml(text.openMeans)}</p>`;
		const input = '<input name="code" maxlength="24" autocomplete="off" autocapitalize="characters" required>';
		const join = ownForm(
			id,
			"/api/v1/fleet/join",
			`<label>${escapeHtml(text.joinCode)} ${input}</label>${button(text.join)}<p class="hint">${escapeHtml(text.joinMeans)}</p>`,
			asks(text.joinAsk),
		);
		parts.push(
			section("key", text.key, `${about}${code}${ownForm(id, "/api/v1/fleet/key", button(text.makeKey))}`),
			section("join", text.joinTitle, join),
		);
	}
	parts.push("</main>");
	return new Page(pageTitle(text.title, visitor), parts);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}
