import { escapeHtml } from "./escape-html";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { WAYS_MESSAGES } from "./ways-messages";

/** Where the page is. */
export const WAYS_PAGE = "/fleet/ways";

/** One way to a device, as the page and programs get it. */
export interface ShownWay {
	/** Null: that can't be known here. */
	readonly works: boolean | null;
	/** The address, or why it does not work: one sentence without a full stop. */
	readonly text: string;
}

/** A device with the ways to it (ONE-10). */
export interface ShownWays {
	readonly id: string;
	readonly name: string;
	/** The kind of NAT that it has found in front of itself. */
	readonly natKind: "unknown" | "none" | "cone" | "symmetric";
	/** The same for people; empty: not known. */
	readonly nat: string;
	readonly ways: readonly (ShownWay & { readonly way: "lan" | "mapped" | "punched" | "relayed" })[];
	/** How video players are served: by which row of the address management table. */
	readonly players: readonly (ShownWay & { readonly from: "lan" | "internet" })[];
}

/** Generates the page that says by which ways each device is reached, and why not by the others; only owners see it. */
export function waysPage(visitor: Visitor, devices: readonly ShownWays[]): Page {
	const { title, about } = WAYS_MESSAGES;
	const list = devices.map(section);
	return new Page(pageTitle(title, visitor), [
		pageHeader(title, WAYS_PAGE, visitor),
		`<main><p>${escapeHtml(about)}</p>`,
		...list,
		"</main>",
	]);
}

function section({ id, name, nat, ways, players }: ShownWays): string {
	const { names, from, nat: natTerm, unknownNat } = WAYS_MESSAGES;
	const terms = [
		...ways.map((way) => term(names[way.way], way)),
		...players.map((row) => term(from[row.from], row)),
		`<dt>${escapeHtml(natTerm)}</dt><dd>${escapeHtml(nat || unknownNat)}</dd>`,
	];
	const anchor = escapeHtml(id);
	return `<section id="${anchor}" aria-labelledby="of-${anchor}"><h2 id="of-${anchor}">${escapeHtml(name)}</h2><dl>${terms.join("")}</dl></section>`;
}

function term(name: string, { works, text }: ShownWay): string {
	const { verdicts } = WAYS_MESSAGES;
	const verdict = works === null ? verdicts.unknown : works ? verdicts.works : verdicts.no;
	const state = works === true ? ' class="health" data-health="ok"' : "";
	return `<dt>${escapeHtml(name)}</dt><dd><b${state}>${escapeHtml(verdict)}</b>: ${escapeHtml(text)}.</dd>`;
}
