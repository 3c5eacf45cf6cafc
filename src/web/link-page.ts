import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/**
 * Generates the page that shows a new viewer link, once.
 * @param url the link, with its token
 * @param hours how long it is valid
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
