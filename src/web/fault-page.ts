import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";

/**
 * Generates the answer to a person whose form could not be done.
 * @param message what is wrong
 * @param back the page that the form was on
 */
export function faultPage(message: string, back: string): Page {
	const { fault } = MESSAGES;
	return new Page(fault.title, [
		`<main><h1>${escapeHtml(fault.title)}</h1><p class="notice" role="alert">${escapeHtml(message)}</p>`,
		`<p><a href="${escapeHtml(back)}">${escapeHtml(fault.back)}</a></p></main>`,
	]);
}
