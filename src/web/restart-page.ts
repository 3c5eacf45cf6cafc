import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";

/**
 * Generates the page that is shown while a camera restarts; its script opens the settings when the camera is back.
 * @param boot the number of the present start; once the camera answers with another one, it has restarted
 */
export function restartPage(boot: number): Page {
	const { restart } = MESSAGES;
	return new Page(restart.title, [
		`<main><h1>${escapeHtml(restart.title)}</h1><p role="status">${escapeHtml(restart.soon)}</p>`,
		`<p><a id="again" data-boot="${boot}" href="/settings">${escapeHtml(restart.back)}</a></p></main>`,
	]);
}
