import type { Fact } from "./camera-page";
import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { type Notice, noticeList } from "./notices";
import { ownPictures, Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { RENDEZVOUS_MESSAGES } from "./rendezvous-messages";

/** What a rendezvous server's own page shows. */
export interface RendezvousView {
	readonly visitor: Visitor;
	readonly notices: readonly Notice[];
	/** The setting for devices; empty: it registers none. */
	readonly setting: string;
	readonly facts: readonly Fact[];
}

const OWN = ownPictures();

/** Generates a rendezvous server's own page. */
export function rendezvousPage({ visitor, notices, setting, facts }: RendezvousView): Page {
	const text = RENDEZVOUS_MESSAGES;
	const parts = [pageHeader(text.name, "/rendezvous", visitor), `<main>${noticeList(notices)}<div class="sections">`];
	if (setting !== "") {
		parts.push(
			section("setting", text.setting, `${copyable(setting, text.setting)}<p>${escapeHtml(text.settingHelp)}</p>`),
		);
	}
	const list = facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`).join("");
	parts.push(section("state", text.state, `<dl>${list}</dl>`), "</div></main>");
	return new Page(pageTitle(text.name, visitor), parts, OWN);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}
