import { escapeHtml } from "./escape-html";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { PEER_MESSAGES } from "./peer-messages";

/** Where the page about peer to peer is. */
export const PEER_PAGE = "/peer";

/** A connection by peer to peer, for people. */
export interface ShownLink {
	readonly name: string;
	/** Its identity. */
	readonly id: string;
	/** Empty: not connected yet. */
	readonly way: string;
	readonly address: string;
	/** In milliseconds. */
	readonly roundTrip: number;
}

/** What the page about peer to peer shows. */
export interface PeerView {
	readonly visitor: Visitor;
	/** Terms and values of the registration, and of the router; empty: no server is set. */
	readonly state: readonly (readonly [string, string])[];
	/** Identifiers of the home and the device; few need them. */
	readonly identifiers: readonly (readonly [string, string])[];
	readonly nat: readonly (readonly [string, string])[];
	readonly links: readonly ShownLink[];
	/** What other parts add, already HTML. */
	readonly extra: string;
}

/** Generates the page about peer to peer. */
export function peerPage({ visitor, state, identifiers, nat, links, extra }: PeerView): Page {
	const { title, about, off, headings } = PEER_MESSAGES;
	const parts = [pageHeader(title, PEER_PAGE, visitor), `<main><p>${escapeHtml(about)}</p>`];
	if (state.length === 0) parts.push(`<p class="notice">${escapeHtml(off)}</p>`);
	else {
		parts.push('<div class="sections">');
		const ids = `<details><summary>${escapeHtml(headings.ids)}</summary>${terms(identifiers)}</details>`;
		parts.push(section("state", headings.state, terms(state) + ids));
		parts.push(section("nat", headings.nat, terms(nat)));
		parts.push(section("links", headings.links, linkList(links)));
		parts.push(`${extra}</div>`);
	}
	parts.push("</main>");
	return new Page(pageTitle(title, visitor), parts);
}

function linkList(links: readonly ShownLink[]): string {
	const { noLinks, connecting, link, id: named } = PEER_MESSAGES;
	if (links.length === 0) return `<p class="hint">${escapeHtml(noLinks)}</p>`;
	const items = links.map(({ name, id, way, address, roundTrip }) => {
		const state = way === "" ? connecting : link(way, address, roundTrip);
		return `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(state)} <span class="hint">${escapeHtml(named(id))}</span></dd>`;
	});
	return `<dl>${items.join("")}</dl>`;
}

function terms(list: readonly (readonly [string, string])[]): string {
	const items = list.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
	return `<dl>${items.join("")}</dl>`;
}

function section(id: string, heading: string, content: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(heading)}</h2>${content}</section>`;
}
