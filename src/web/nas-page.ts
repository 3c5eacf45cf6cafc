import type { Fact } from "./camera-page";
import { NAS_MESSAGES } from "./nas-messages";
import { type Notice, noticeList } from "./notices";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/** What a NAS's own page shows. */
export interface NasView {
	readonly visitor: Visitor;
	readonly name: string;
	readonly notices: readonly Notice[];
	/** Facts about the NAS; only owners see them. */
	readonly facts: readonly Fact[];
}

/** Generates a NAS's own page: storage, cameras, facts. */
export function nasPage(view: NasView): Page {
	const facts = view.facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
	const owners = view.visitor.owner
		? `<section aria-labelledby="facts"><h2 id="facts">${escapeHtml(NAS_MESSAGES.facts)}</h2><dl>${facts.join("")}</dl></section>`
		: "";
	return new Page(view.name, [
		pageHeader(view.name, "/nas", view.visitor),
		`<main>${noticeList(view.notices)}`,
		owners,
		"</main>",
	]);
}
