import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";

/**
 * Generates the page that is shown while a camera restarts; its script opens the settings when the camera is back.
 * @param id of the camera, as another one may answer at its address meanwhile
 * @param boot the number of the present start; once the camera answers with another one, it has restarted
 * @param realm by which the camera asks for its passwords
 * @param port on which the camera serves its pages after the restart, if it changes: the script can't follow there
 */
export function restartPage(id: string, boot: number, realm: string, port?: string): Page {
	const { restart } = MESSAGES;
	return new Page(restart.title, [
		`<main><h1>${escapeHtml(restart.title)}</h1><p role="status">${escapeHtml(restart.soon)}${port === undefined ? "" : ` ${escapeHtml(restart.port(port))}`}</p>`,
		`<p><a id="again" data-id="${id}" data-boot="${boot}" data-realm="${escapeHtml(realm)}" href="/settings">${escapeHtml(restart.back)}</a></p></main>`,
	]);
}
