import { escapeHtml } from "./escape-html";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { SETTINGS_MESSAGES } from "./settings-messages";

/** What the page that waits for a restart needs to know. */
export interface RestartView {
	readonly visitor: Visitor;
	/** The identity of the device: another one may answer at its address meanwhile. */
	readonly id: string;
	/** The number of the present start. */
	readonly boot: number;
	/** By this secret the device is known again, wherever it serves its pages then. @see RESTARTED */
	readonly proof: string;
	/** Where its pages may be after the restart, the likeliest first: `http://192.168.0.12:8080/`. */
	readonly urls: readonly string[];
}

/** Where a device proves after a restart that it is the one that was restarted: a picture, with the secret as its query. */
export const RESTARTED = "/restarted";

/** Generates the page that is shown while a device restarts; its script opens the settings when the device is back. */
export function restartPage({ visitor, id, boot, proof, urls }: RestartView): Page {
	const restart = SETTINGS_MESSAGES.restart;
	const there = urls.map((url) => `${url}settings`);
	const data = `data-id="${escapeHtml(id)}" data-boot="${boot}" data-proof="${escapeHtml(proof)}" data-urls="${escapeHtml(urls.join(" "))}"`;
	return new Page(pageTitle(restart.title, visitor), [
		pageHeader(restart.title, "/settings", visitor),
		`<main><p role="status">${escapeHtml(restart.soon)}</p>`,
		`<p>${escapeHtml(restart.manual)} <a id="again" ${data} href="${escapeHtml(there[0] ?? "/settings")}">${escapeHtml(there[0] ?? restart.back)}</a></p></main>`,
	]);
}
