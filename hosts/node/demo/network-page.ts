import { escapeHtml } from "../../../src/web/escape-html";
import { button, dangerButton, hiddenField, postForm } from "../../../src/web/form";
import { Page, pageHead, pagePolicy } from "../../../src/web/page";
import { pageHeader, pageTitle, type Visitor } from "../../../src/web/page-header";
import type { DemoSwitch } from "./demo-device";
import { drawNetwork, turnId } from "./network-drawing";
import { NETWORK_MESSAGES } from "./network-messages";
import type { NetworkEvent, NetworkFlow, NetworkNode, NetworkView } from "./network-view";

/** Where the page is, with its style and script. */
export const NETWORK_PATH = "/network";
export const NETWORK_STYLE_PATH = "/network.css";
export const NETWORK_SCRIPT_PATH = "/network.js";
/** The operation that turns something off or on. */
export const TURN_PATH = "/api/v1/network/{id}";

const OWN = Object.freeze({
	policy: pagePolicy({ images: "'self'" }),
	head: Object.freeze(pageHead([NETWORK_STYLE_PATH], [NETWORK_SCRIPT_PATH])),
});

/** Generates the page that draws the network of the demo. */
export function networkPage(view: NetworkView, visitor: Visitor): Page {
	const { title, about, lost, again, portal } = NETWORK_MESSAGES;
	const row = `<div class="row"><a class="button" href="${escapeHtml(view.portal)}">${escapeHtml(portal)}</a><noscript><a class="button plain" href="${NETWORK_PATH}">${escapeHtml(again)}</a></noscript></div>`;
	return new Page(
		pageTitle(title, visitor),
		[
			pageHeader(title, NETWORK_PATH, visitor),
			`<main><p>${escapeHtml(about)}</p>${row}<p id="news" role="status"></p>`,
			networkBody(view, visitor.owner, ` data-lost="${escapeHtml(lost)}"`),
			"</main>",
		],
		OWN,
	);
}

/** Makes what changes of the page: the drawing, the events, and the devices. @param isOwner whether the visitor may turn things off */
export function networkBody(view: NetworkView, isOwner: boolean, attributes = ""): string {
	const { drawing, happened, devices } = NETWORK_MESSAGES;
	const list = isOwner ? section("devices", devices, deviceList(view)) : "";
	return `<div id="network"${attributes}>${section("picture", drawing, drawNetwork(view) + legend(view))}${list}${section("happened", happened, eventList(view.events))}<p id="latest" aria-live="polite" data-keep></p></div>`;
}

function section(id: string, title: string, body: string): string {
	return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>${body}</section>`;
}

function legend({ away }: NetworkView): string {
	const all: readonly NetworkFlow["kind"][] =
		away.length === 0 ? ["watched", "recorded"] : ["watched", "recorded", "tunnel", "relayed"];
	const items = all.map(
		(kind) =>
			`<li><svg viewBox="0 0 40 8" aria-hidden="true"><path class="flow ${kind}" d="M0 4H40"/></svg>${escapeHtml(NETWORK_MESSAGES.legend[kind])}</li>`,
	);
	return `<ul id="legend">${items.join("")}</ul>`;
}

function eventList(events: readonly NetworkEvent[]): string {
	if (events.length === 0) return `<p class="hint">${escapeHtml(NETWORK_MESSAGES.nothing)}</p>`;
	const items = events.map(({ utc, text }) => {
		const iso = new Date(utc).toISOString();
		return `<li data-id="${utc} ${text.length}"><time datetime="${iso}">${iso.slice(11, 19)}</time>${escapeHtml(text)}</li>`;
	});
	return `<ol tabindex="0" aria-labelledby="happened-title">${items.join("")}</ol>`;
}

function deviceList({ switches, home, router, servers, away }: NetworkView): string {
	const nodes: readonly NetworkNode[] = [...home, router, ...servers, ...away];
	const cards = switches.map((each) => {
		return card(
			each,
			nodes.find(({ id }) => id === each.id),
		);
	});
	return `<ul>${cards.join("")}</ul>`;
}

function card({ id, kind, name, isOn }: DemoSwitch, node: NetworkNode | undefined): string {
	const texts = NETWORK_MESSAGES.switches[kind];
	const facts = isOn ? (node?.facts ?? []) : [];
	const state = isOn ? (facts.length > 0 ? facts.join(", ") : texts.isOn) : texts.isOff;
	const word = isOn ? texts.off : texts.on;
	const label = `${word}: ${name}`;
	const form = postForm(
		TURN_PATH.replace("{id}", id),
		hiddenField("power", isOn ? "off" : "on") + (isOn ? dangerButton(word, label) : button(word, false, label)),
	);
	const title = escapeHtml(name);
	const link = node === undefined || node.url === "" ? title : `<a href="${escapeHtml(node.url)}">${title}</a>`;
	return `<li id="${turnId(id)}" data-id="${id}"><div><h3>${link}</h3><p class="hint">${escapeHtml(state)}</p></div>${form}</li>`;
}
