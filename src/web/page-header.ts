import { MESSAGES } from "./messages";
import { escapeHtml } from "./page";

/** Who looks at a page, as far as pages differ. */
export interface Visitor {
	/** True: may do all; false: may look. */
	readonly owner: boolean;
	/** True: has logged in by the page, so that logging out means something. */
	readonly session: boolean;
}

/** A page of the navigation. */
export type PageName = "portal" | "camera" | "settings" | "fleet";

/**
 * Makes the head of a page: its title, and the links to the others.
 * @param current the page that it is on
 * @param portalUrl where all cameras are listed
 */
export function pageHeader(title: string, current: PageName, visitor: Visitor, portalUrl = "/portal"): string {
	const { nav } = MESSAGES;
	const links = [link(portalUrl, nav.portal, current === "portal"), link("/camera", nav.camera, current === "camera")];
	if (visitor.owner) {
		links.push(link("/settings", nav.settings, current === "settings"));
		links.push(link("/fleet", nav.fleet, current === "fleet"));
	}
	const door = visitor.session
		? `<form method="post" action="/logout"><button>${escapeHtml(nav.logOut)}</button></form>`
		: visitor.owner
			? ""
			: link("/login", nav.logIn, false);
	return `<header><h1>${escapeHtml(title)}</h1><nav aria-label="${escapeHtml(nav.label)}">${links.join(" ")} ${door}</nav></header>`;
}

function link(url: string, text: string, current: boolean): string {
	return `<a href="${escapeHtml(url)}"${current ? ' aria-current="page"' : ""}>${escapeHtml(text)}</a>`;
}
