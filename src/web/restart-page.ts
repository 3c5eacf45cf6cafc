import { WORDS } from "../base/words";
import { escapeHtml, Page } from "./page";

/** Generates the answer to who restarts a camera: its script goes on to the settings as soon as the camera is back. */
export function restartPage(): Page {
	const { restart } = WORDS;
	return new Page(restart.title, [
		`<main><h1>${escapeHtml(restart.title)}</h1><p role="status">${escapeHtml(restart.soon)}</p>`,
		`<p><a id="again" href="/settings">${escapeHtml(restart.back)}</a></p></main>`,
	]);
}
