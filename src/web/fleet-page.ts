import { button, postForm } from "./form";
import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/** What the page of the fleet's key shows; it is for owners only. */
export interface FleetView {
	/** True: cameras speak under a key. */
	readonly sealed: boolean;
	/** The join code that is shown; empty for none. */
	readonly code: string;
	/** What became of joining, in words; empty for nothing. */
	readonly outcome: string;
}

/** Generates the page on which cameras are joined to a fleet. */
export function fleetPage(view: FleetView, visitor: Visitor): Page {
	const { fleet } = MESSAGES;
	const parts = [
		pageHeader(fleet.title, "/fleet", visitor),
		`<main><div role="status">${view.outcome === "" ? "" : `<p class="notice">${escapeHtml(view.outcome)}</p>`}</div>`,
		view.sealed
			? `<p>${escapeHtml(fleet.sealed)}</p>`
			: `<p><strong>${escapeHtml(fleet.open)}</strong> ${escapeHtml(fleet.openMeans)}</p>`,
	];
	if (view.code !== "") {
		parts.push(
			`<p>${escapeHtml(fleet.code)} <strong class="code">${escapeHtml(view.code)}</strong></p><p>${escapeHtml(fleet.codeUse)}</p>`,
		);
	}
	if (view.sealed) parts.push(postForm("/api/v1/fleet/invite", button(fleet.showCode)));
	else {
		const input = '<input name="code" maxlength="24" autocomplete="off" autocapitalize="characters" required>';
		parts.push(
			postForm("/api/v1/fleet/key", button(fleet.makeKey)),
			postForm(
				"/api/v1/fleet/join",
				`<label>${escapeHtml(fleet.joinCode)} ${input}</label> ${button(fleet.join)}<p class="hint">${escapeHtml(fleet.joinMeans)}</p>`,
			),
		);
	}
	parts.push("</main>");
	return new Page(fleet.title, parts);
}
