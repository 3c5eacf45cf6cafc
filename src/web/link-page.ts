import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/**
 * Generates the answer to who made a link for viewers: the one time that it is shown.
 * @param url the link, which lets in whoever has it
 * @param hours how long it is good for
 */
export function linkPage(url: string, hours: number, visitor: Visitor): Page {
	const { link } = MESSAGES;
	const shown = escapeHtml(url);
	return new Page(link.title, [
		pageHeader(link.title, "/settings", visitor),
		`<main><p><a class="code" href="${shown}">${shown}</a></p><p>${escapeHtml(link.once)} ${escapeHtml(link.ends(hours))}</p>`,
		`<p><a href="/settings">${escapeHtml(link.back)}</a></p></main>`,
	]);
}
