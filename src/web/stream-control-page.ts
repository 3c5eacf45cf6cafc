import type { Fact } from "./camera-page";
import { escapeHtml } from "./escape-html";
import { NAS_LINK_MESSAGES } from "./nas-link-messages";
import { type Notice, noticeList } from "./notices";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";

/** What a control host's own page shows. */
export interface StreamControlView {
	readonly visitor: Visitor;
	/** The path of the page. */
	readonly path: string;
	readonly notices: readonly Notice[];
	/** Where the NAS is; only owners see it. */
	readonly nas: string;
	readonly isConnected: boolean;
	/** How many sessions there are. */
	readonly sessions: number;
	/** Facts about the control host; only owners see them. */
	readonly facts: readonly Fact[];
}

/** Generates a control host's own page: its NAS, and whether that is there (STR-12). */
export function streamControlPage(view: StreamControlView): Page {
	const { path, visitor, notices, nas, isConnected, sessions, facts } = view;
	const text = NAS_LINK_MESSAGES;
	const state: Fact[] = [
		[text.state, isConnected ? text.connected : text.notConnected],
		[text.sessions, `${sessions}`],
	];
	if (visitor.owner) state.unshift([text.nas, nas]);
	return new Page(pageTitle(text.name, visitor), [
		pageHeader(text.name, path, visitor),
		`<main>${noticeList(notices)}<div class="sections">`,
		section("nas", text.nas, state),
		visitor.owner ? section("facts", text.facts, facts) : "",
		"</div></main>",
	]);
}

function section(id: string, title: string, facts: readonly Fact[]): string {
	const list = facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`).join("");
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2><dl>${list}</dl></section>`;
}
