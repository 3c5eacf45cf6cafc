import { button, ownForm } from "./form";
import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

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
	const { fleet } = MESSAGES;
	const parts = [
		pageHeader(fleet.title, "/fleet", visitor),
		`<main><div role="status">${view.outcome === "" ? "" : `<p class="notice">${escapeHtml(view.outcome)}</p>`}</div>`,
		view.sealed
			? `<p>${escapeHtml(fleet.sealed)}</p>`
			: `<p><strong>${escapeHtml(fleet.open)}</strong> ${escapeHtml(fleet.openMeans)}</p>`,
	];
	for (const address of view.outside ?? []) {
		parts.push(`<p class="notice">${escapeHtml((view.sealed ? fleet.outside : fleet.otherFleet)(address))}</p>`);
	}
	if (view.code !== "") {
		parts.push(
			`<p>${escapeHtml(fleet.code)} <strong class="code">${escapeHtml(view.code)}</strong></p><p>${escapeHtml(fleet.codeUse)}</p>`,
		);
	}
	if (view.sealed) parts.push(ownForm(id, "/api/v1/fleet/invite", button(fleet.showCode)));
	else {
		const input = '<input name="code" maxlength="24" autocomplete="off" autocapitalize="characters" required>';
		parts.push(
			ownForm(id, "/api/v1/fleet/key", button(fleet.makeKey)),
			ownForm(
				id,
				"/api/v1/fleet/join",
				`<label>${escapeHtml(fleet.joinCode)} ${input}</label> ${button(fleet.join)}<p class="hint">${escapeHtml(fleet.joinMeans)}</p>`,
			),
		);
	}
	parts.push("</main>");
	return new Page(fleet.title, parts);
}
