import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { button, choiceField, hiddenField, OWN_PAGE, ownForm } from "./form";
import { Page, pageHead, pagePolicy } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { RELAYS_MESSAGES } from "./relays-messages";

/** A registered relay, for people. */
export interface ShownRelay {
	readonly name: string;
	readonly host: string;
	readonly room: number;
}

/** What the page about relays shows. */
export interface RelaysView {
	readonly visitor: Visitor;
	/** The identity of this device. */
	readonly id: string;
	/** Whether the fleet has a key: without one there are no relays. */
	readonly isSealed: boolean;
	readonly relays: readonly ShownRelay[];
	readonly cameras: readonly { readonly id: string; readonly name: string }[];
	/** The longest lifetime of a link. */
	readonly hoursMax: number;
}

/** Where the pages of relays begin. */
export const RELAYS_PAGE = "/relays";

/** Generates the page about relays: for viewers the cameras to watch, for the owner also keys and links. */
export function relaysPage({ visitor, id, isSealed, relays, cameras, hoursMax }: RelaysView): Page {
	const { title, about, open, none, noneViewer, registered, relay, watching } = RELAYS_MESSAGES;
	const parts = [pageHeader(title, RELAYS_PAGE, visitor), `<main><p>${escapeHtml(about)}</p><div class="sections">`];
	if (!isSealed) parts.push(`<p class="notice">${escapeHtml(open)}</p>`);
	else if (relays.length === 0) parts.push(`<p>${escapeHtml(visitor.owner ? none : noneViewer)}</p>`);
	else {
		const items = relays.map(({ name, host, room }) => `<li>${escapeHtml(relay(name, host, room))}</li>`);
		parts.push(section("registered", registered, `<ul>${items.join("")}</ul>`));
		const links = cameras.map(
			(camera) =>
				`<li><a class="address" href="${RELAYS_PAGE}/watch/${encodeURIComponent(camera.id)}">${escapeHtml(camera.name)}</a></li>`,
		);
		if (links.length > 0) parts.push(section("watching", watching, `<ul>${links.join("")}</ul>`));
	}
	if (visitor.owner && isSealed) {
		if (relays.length > 0 && cameras.length > 0) parts.push(linkSection(id, relays, cameras, hoursMax));
		parts.push(keySection(id));
	}
	parts.push("</div></main>");
	return new Page(pageTitle(title, visitor), parts);
}

/** Generates the page that shows the key of a relay. @param line for the relay's table, with the key */
export function relayKeyPage(relay: string, line: string, visitor: Visitor): Page {
	const { title, table, start, use, back } = RELAYS_MESSAGES.key;
	const command = `porthole relay --relay-name ${relay} --relay-table relay.table`;
	return new Page(pageTitle(title(relay), visitor), [
		pageHeader(title(relay), RELAYS_PAGE, visitor),
		`<main><section><p>${escapeHtml(table)}</p>${copyable(line)}`,
		`<p>${escapeHtml(start)}</p>${copyable(command)}<p class="hint">${escapeHtml(use)}</p></section>`,
		`<p><a href="${RELAYS_PAGE}">${escapeHtml(back)}</a></p></main>`,
	]);
}

/** Generates the page that shows links to a camera through a relay, once. @param urls for browsers and for players */
export function relayLinkPage(urls: readonly string[], hours: number, visitor: Visitor): Page {
	const { title, ends } = RELAYS_MESSAGES.link;
	const links = urls.map((url) => {
		const about = escapeHtml(url.startsWith("rtsp") ? RELAYS_MESSAGES.live.player : RELAYS_MESSAGES.live.browser);
		return `<p>${about}</p>${copyable(url, "", url)}`;
	});
	return new Page(pageTitle(title, visitor), [
		pageHeader(title, RELAYS_PAGE, visitor),
		`<main><section>${links.join("")}<p>${escapeHtml(ends(hours))}</p></section>`,
		`<p><a href="${RELAYS_PAGE}">${escapeHtml(RELAYS_MESSAGES.key.back)}</a></p></main>`,
	]);
}

/** A camera that is shown through a relay. */
export interface RelayLiveView {
	readonly visitor: Visitor;
	readonly camera: string;
	readonly relay: string;
	/** @see RelayTicket.content */
	readonly content: string;
	/** The text of the ticket. */
	readonly ticket: string;
	/** Motion JPEG over HTTP, and RTSP, with the ticket; empty: the relay has none. */
	readonly http: string;
	readonly rtsp: string;
}

/** Its script is served beside the pages. */
export const RELAYS_SCRIPT_PATH = "/relays.js";
/** The page with pictures has a script of its own. */
const OWN = Object.freeze({ policy: pagePolicy(), head: Object.freeze(pageHead([], [RELAYS_SCRIPT_PATH])) });

/** Generates the page that shows a camera through a relay, and tells when the first picture has come. */
export function relayLivePage({ visitor, camera, relay, content, ticket, http, rtsp }: RelayLiveView): Page {
	const { title, picture, player } = RELAYS_MESSAGES.live;
	const parts = [pageHeader(title(camera, relay), RELAYS_PAGE, visitor), "<main>"];
	if (http !== "") {
		const data = `data-relay="${escapeHtml(relay)}" data-content="${escapeHtml(content)}" data-ticket="${escapeHtml(ticket)}"`;
		// The relay must not learn which page shows its pictures.
		parts.push(
			`<p><img id="relayed" src="${escapeHtml(http)}" alt="${escapeHtml(picture(camera))}" referrerpolicy="no-referrer" ${data}></p>`,
		);
	}
	if (rtsp !== "") parts.push(`<p>${escapeHtml(player)}</p>${copyable(rtsp, "", rtsp)}`);
	parts.push("</main>");
	return new Page(pageTitle(title(camera, relay), visitor), parts, http === "" ? undefined : OWN);
}

function keySection(id: string): string {
	const { heading, about, name, show } = RELAYS_MESSAGES.key;
	const input = `<input name="name" maxlength="32" required pattern="[A-Za-z0-9._\\-]+" title="${escapeHtml(RELAYS_MESSAGES.wrong.name)}" autocomplete="off" autocapitalize="none" spellcheck="false">`;
	const form = ownForm(
		id,
		"/api/v1/relays/key",
		`<label>${escapeHtml(name)} ${input}</label> ${button(show)}<p class="hint">${escapeHtml(about)}</p>`,
		OWN_PAGE,
	);
	return section("key", heading, form);
}

function linkSection(
	id: string,
	relays: readonly ShownRelay[],
	cameras: RelaysView["cameras"],
	hoursMax: number,
): string {
	const { heading, about, relay, camera, viewer, viewerHint, hours, make } = RELAYS_MESSAGES.link;
	const fields = [
		relays.length === 1
			? hiddenField("relay", relays[0].name)
			: choiceField(
					"relay",
					relay,
					relays.map(({ name }) => [name, name]),
					relays[0].name,
				),
		choiceField(
			"content",
			camera,
			cameras.map(({ id, name }) => [id, name]),
			cameras[0].id,
		),
		`<label>${escapeHtml(viewer)} <input name="viewer" maxlength="32" required pattern="[A-Za-z0-9._@\\-]+" title="${escapeHtml(RELAYS_MESSAGES.wrong.viewer)}" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="${escapeHtml(viewerHint)}"></label>`,
		`<label>${escapeHtml(hours)} <input name="hours" type="number" min="1" max="${hoursMax}" value="24" required></label>`,
		button(make),
		`<p class="hint">${escapeHtml(about)}</p>`,
	];
	return section("link", heading, ownForm(id, "/api/v1/relays/links", fields.join(" "), OWN_PAGE));
}

function section(id: string, heading: string, content: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(heading)}</h2>${content}</section>`;
}
