import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { ONVIF_MESSAGES } from "./onvif-messages";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";

/** What the page shows. */
export interface OnvifView {
	readonly visitor: Visitor;
	readonly host: string;
	readonly port: number;
	/** The URL of the device service. */
	readonly url: string;
	readonly user: string;
	readonly password: string;
	readonly hasH264: boolean;
	readonly hasRtsp: boolean;
	/** How many subscriptions there are. */
	readonly subscriptions: number;
}

/** Generates the page that tells the owner what an ONVIF client is to be given. */
export function onvifPage(view: OnvifView): Page {
	const text = ONVIF_MESSAGES;
	const hints = [text.mayDo, text.changes, text.ownLogin, text.off].map(
		(hint) => `<p class="hint">${escapeHtml(hint)}</p>`,
	);
	const notices: string[] = [];
	if (!view.hasRtsp) notices.push(notice(text.noStream));
	else if (!view.hasH264) notices.push(notice(text.noH264));
	return new Page(pageTitle(text.title, view.visitor), [
		pageHeader(text.title, "/onvif", view.visitor),
		`<main>${notices.join("")}<section class="card"><p>${escapeHtml(text.about)}</p><dl>`,
		value(text.host, view.host),
		value(text.port, `${view.port}`),
		value(text.user, view.user),
		value(text.password, view.password),
		value(text.address, view.url),
		`</dl>${hints.join("")}<p class="hint">${escapeHtml(text.clients(view.subscriptions))}</p></section></main>`,
	]);
}

function value(label: string, text: string): string {
	return `<dt>${escapeHtml(label)}</dt><dd>${copyable(text, label)}</dd>`;
}

function notice(text: string): string {
	return `<p class="notice">${escapeHtml(text)}</p>`;
}
