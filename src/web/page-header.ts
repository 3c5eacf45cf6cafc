import { MESSAGES } from "./messages";
import { escapeHtml } from "./page";

/** What a page needs to know about the user who sees it. */
export interface Visitor {
	/** Whether the user has full access, or may only watch. */
	readonly owner: boolean;
	/** Whether the user has a session, and so can log out. */
	readonly session: boolean;
	/** The pages that this user may see. */
	readonly links: readonly PageLink[];
}

/** A link in the navigation. */
export interface PageLink {
	/** The path of the page on the device that serves it. */
	readonly path: string;
	/** Where the link leads: the path, or the same page on another device. */
	readonly url: string;
	readonly label: string;
}

/**
 * Makes the head of a page: its title and the navigation.
 * @param current the path of this page
 */
export function pageHeader(title: string, current: string, visitor: Visitor): string {
	const { nav } = MESSAGES;
	const links = visitor.links.map(({ path, url, label }) => link(url, label, path === current));
	const account = visitor.session
		? `<form method="post" action="/logout"><button>${escapeHtml(nav.logOut)}</button></form>`
		: visitor.owner
			? ""
			: link("/login", nav.logIn, false);
	return `<header><h1>${escapeHtml(title)}</h1><nav aria-label="${escapeHtml(nav.label)}">${links.join(" ")} ${account}</nav></header>`;
}

function link(url: string, text: string, current: boolean): string {
	return `<a href="${escapeHtml(url)}"${current ? ' aria-current="page"' : ""}>${escapeHtml(text)}</a>`;
}
