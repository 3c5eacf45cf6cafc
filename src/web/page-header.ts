import { escapeHtml } from "./escape-html";
import { LOGO } from "./logo";
import { MESSAGES } from "./messages";

/** The name of the product, which stands where a device has no name yet. */
export const PRODUCT = "Porthole";

/** What a page needs to know about the user who sees it. */
export interface Visitor {
	/** Whether the user has full access, or may only watch. */
	readonly owner: boolean;
	/** Whether the user has a session, and so can log out. */
	readonly session: boolean;
	/** The pages that this user may see. */
	readonly links: readonly PageLink[];
	/** The name of the device that serves the page; empty or absent: it has none yet. */
	readonly device?: string;
}

/** A link in the navigation. */
export interface PageLink {
	/** The path of the page on the device that serves it. */
	readonly path: string;
	/** Where the link leads: the path, or the same page on another device. */
	readonly url: string;
	readonly label: string;
	/** Whether it stands under "More", as few people need it. @default false */
	readonly isRare?: boolean | undefined;
}

/** Returns the title of a page for the browser's tab and bookmarks: `Settings – Garage`. */
export function pageTitle(title: string, { device }: Visitor): string {
	return title === device ? title : `${title} – ${device || PRODUCT}`;
}

/**
 * Makes the header of a page: logo and name of the device, the navigation, and the title. On a phone the navigation stays in one
 * line, which scrolls; what few people need is folded.
 * @param title what the page is; where it is the name of the device itself, it is not shown twice
 * @param current the path of this page
 */
export function pageHeader(title: string, current: string, visitor: Visitor): string {
	const { nav } = MESSAGES;
	const links = ["", ""];
	for (const { path, url, label, isRare } of visitor.links)
		links[isRare === true ? 1 : 0] += `${link(url, label, path === current)} `;
	const more =
		links[1] === "" ? "" : `<details><summary>${escapeHtml(nav.more)}</summary><div>${links[1]}</div></details>`;
	const account = visitor.session
		? `<form method="post" action="/logout"><button class="plain">${escapeHtml(nav.logOut)}</button></form>`
		: visitor.owner
			? ""
			: link("/login", nav.logIn, false);
	const name = visitor.device || PRODUCT;
	return `<header><div class="top"><a class="brand" href="/">${LOGO}<span>${escapeHtml(name)}</span></a><nav aria-label="${escapeHtml(nav.label)}"><div>${links[0]}</div>${more}</nav><div class="account">${account}</div></div><h1${title === name ? ' class="unseen"' : ""}>${escapeHtml(title)}</h1></header>`;
}

function link(url: string, text: string, current: boolean): string {
	return `<a href="${escapeHtml(url)}"${current ? ' aria-current="page"' : ""}>${escapeHtml(text)}</a>`;
}
