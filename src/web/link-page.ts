import { escapeHtml, Page } from "./page";

/** Generates the page that shows a viewer link, once. */
export function linkPage(url: string, hours: number): Page {
	const safe = escapeHtml(url);
	return new Page("Viewer link", [
		'<header><h1>Viewer link</h1><nav><a href="/settings">Settings</a></nav></header>',
		`<main><p>Whoever has this link may look for ${hours} hours. It is shown only once.</p><p><a class="address" href="${safe}">${safe}</a></p></main>`,
	]);
}
