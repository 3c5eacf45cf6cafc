import { copyable } from "./copyable";
import { drawnCode } from "./drawn-code";
import { escapeHtml } from "./escape-html";
import { button, OWN_PAGE, ownForm } from "./form";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { TUNNEL_MESSAGES } from "./tunnel-messages";

/** Where viewers are paired. */
export const PAIRING_PAGE = "/pair";
/** Where its forms and programs ask for pairings. */
export const PAIRINGS = "/api/v1/pairings";
/** The longest lifetime of a pairing. */
export const PAIRING_DAYS_MAX = 366;
/** The longest name of a home, in characters. */
export const HOME_NAME_MAX = 32;

/** What the page shows. */
export interface PairingView {
	readonly visitor: Visitor;
	/** The identity of this device. */
	readonly id: string;
	/** Why nothing can be given out; empty: it can. */
	readonly fault: string;
	/** True: the device has no fleet key, so it is a home of its own. */
	readonly isAlone: boolean;
}

/** Generates the page on which the owner pairs viewers and makes codes for guests. */
export function pairingPage({ visitor, id, fault, isAlone }: PairingView): Page {
	const { pair } = TUNNEL_MESSAGES;
	const parts = [pageHeader(pair.title, PAIRING_PAGE, visitor), `<main><p>${escapeHtml(pair.about)}</p>`];
	if (fault !== "") parts.push(`<p class="notice">${escapeHtml(fault)}</p></main>`);
	else {
		const home = `<label>${escapeHtml(pair.home)} <input name="home" maxlength="${HOME_NAME_MAX}" value="${escapeHtml(pair.homeDefault)}" required autocomplete="off"></label>`;
		const viewer = ownForm(
			id,
			PAIRINGS,
			`${kind("viewer")}${home}${days(PAIRING_DAYS_MAX - 1)}${button(pair.viewer.make)}`,
			OWN_PAGE,
		);
		const guest = ownForm(id, PAIRINGS, `${kind("guest")}${days(7)}${button(pair.guest.make)}`, OWN_PAGE);
		parts.push(
			`<div class="sections">${section("viewer", isAlone ? { ...pair.viewer, about: pair.alone } : pair.viewer, viewer)}${section("guest", pair.guest, guest)}</div></main>`,
		);
	}
	return new Page(pageTitle(pair.title, visitor), parts);
}

/** A pairing that was just made. */
export interface ShownPairing {
	readonly text: string;
	/** The address at which a browser shows the same; empty: browsers can't. */
	readonly url: string;
	readonly isGuest: boolean;
	readonly days: number;
	/** A QR code as SVG; empty: the page draws it. */
	readonly code: string;
}

/** Generates the page that shows a pairing, once. */
export function pairingCodePage({ text, url, isGuest, days, code }: ShownPairing, visitor: Visitor): Page {
	const { pair } = TUNNEL_MESSAGES;
	const title = isGuest ? pair.guestTitle : pair.viewerTitle;
	const command = isGuest ? `porthole view ${text}` : `porthole view --pair ${text}`;
	const name = escapeHtml(pair.qr);
	const picture =
		code === "" ? drawnCode(url || text, name) : `<div class="qr" role="img" aria-label="${name}">${code}</div>`;
	return new Page(pageTitle(title, visitor), [
		pageHeader(title, PAIRING_PAGE, visitor),
		`<main><section><p>${escapeHtml(pair.secret)} ${escapeHtml(pair.ends(days))}</p>`,
		`<div${code === "" ? ' class="still"' : ""}>${picture}<p>${escapeHtml(pair.copy)}</p></div>${copyable(text, title)}`,
		`<p>${escapeHtml(isGuest ? pair.guestCommand : pair.command)}</p>${copyable(command)}`,
		url === "" ? "" : `<p>${escapeHtml(pair.browser)}</p>${copyable(url, "", url)}`,
		`</section><p><a href="${PAIRING_PAGE}">${escapeHtml(pair.back)}</a></p></main>`,
	]);
}

function section(id: string, { heading, about }: { heading: string; about: string }, form: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(heading)}</h2><p class="hint">${escapeHtml(about)}</p>${form}</section>`;
}

function kind(value: "viewer" | "guest"): string {
	return `<input type="hidden" name="kind" value="${value}">`;
}

function days(preset: number): string {
	return ` <label>${escapeHtml(TUNNEL_MESSAGES.pair.days)} <input type="number" name="days" min="1" max="${PAIRING_DAYS_MAX}" value="${preset}" required></label> `;
}
