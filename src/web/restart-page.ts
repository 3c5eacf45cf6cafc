import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";

/**
 * Generates the answer to who restarts a camera: its script goes on to the settings as soon as the camera is back.
 * @param boot which start of the camera this page comes from: the one that answers with another has begun anew
 */
export function restartPage(boot: number): Page {
	const { restart } = MESSAGES;
	return new Page(restart.title, [
		`<main><h1>${escapeHtml(restart.title)}</h1><p role="status">${escapeHtml(restart.soon)}</p>`,
		`<p><a id="again" data-boot="${boot}" href="/settings">${escapeHtml(restart.back)}</a></p></main>`,
	]);
}
