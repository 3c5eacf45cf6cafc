import type { Millis, Octets } from "../core/time";
import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { Page, pagePolicy } from "./page";
import { pageHeader, pageTitle } from "./page-header";
import { STRANGERS_HEAD } from "./refusal";
import { sizeText } from "./size-text";
import { type ShownPath, TUNNEL_MESSAGES } from "./tunnel-messages";
import { VIEW_MESSAGES } from "./view-messages";

/** The host name of the pages of `porthole view` itself; those of devices are under `localhost` and `NAME.localhost`. */
export const VIEW_HOST = "view.localhost";

/** A step on the way to a device. */
export interface ShownStep {
	/** Since the program began. */
	readonly seconds: number;
	readonly step: keyof typeof VIEW_MESSAGES.steps;
	readonly detail: string;
}

/** A device with its connection, for pages and programs (ONE-1). */
export interface ShownConnection {
	readonly id: string;
	readonly name: string;
	/** `idle`: nobody has asked for it. */
	readonly state: keyof typeof VIEW_MESSAGES.states;
	/** Whether it is tried again by itself: it shows the home. */
	readonly isKept: boolean;
	/** Why it can't be reached, or could not be before; empty: it is, or nobody has tried. */
	readonly reason: string;
	/** It no longer accepts the pass of the pairing. */
	readonly isRevoked: boolean;
	/** Of the latest attempt. */
	readonly steps: readonly ShownStep[];
	/** The way in use; empty: none. */
	readonly path: ShownPath | "";
	/** The address of the device on this way; empty: none. */
	readonly address: string;
	/** 0: not known. */
	readonly roundTrip: Millis;
	/** What its pages and streams have carried, by all its connections. */
	readonly sent: Octets;
	readonly received: Octets;
	/** Since when it is connected, or not: ISO 8601; empty: the date is not known. */
	readonly since: string;
	/** Where its pages are on this machine. */
	readonly pages: string;
	/** Where its video is on this machine, for players; empty: nowhere. */
	readonly players: string;
}

/** A home as `porthole view` shows it, for pages and programs. */
export interface ShownHome {
	readonly home: string;
	/** Where all cameras are shown on this machine. */
	readonly portal: string;
	/** The identity of the device that shows them. */
	readonly shownBy: string;
	/** Whether another device takes its place when it is lost; false: this one was asked for. */
	readonly isAny: boolean;
	readonly devices: readonly ShownConnection[];
}

/** How often a browser without script loads the page again, in seconds. */
const PLAIN_REFRESH = 5;

/** Generates the page that says how each device is connected. With script only what changes is replaced. @see VIEW_SCRIPT */
export function viewPage({ home, portal, shownBy, isAny, devices }: ShownHome): Page {
	const text = VIEW_MESSAGES;
	const links = [
		{ path: "/", url: "/", label: text.title },
		{ path: "", url: portal, label: text.cameras },
	];
	const visitor = { owner: true, session: false, links, device: home };
	const shown = devices.find(({ id }) => id === shownBy)?.name ?? "";
	return new Page(
		pageTitle(text.title, visitor),
		[
			pageHeader(text.title, "/", visitor),
			`<main><p id="news" role="status" data-gone="${escapeHtml(text.gone)}"></p><p>${escapeHtml(text.about)}</p>`,
			`<section aria-labelledby="portal"><h2 id="portal">${escapeHtml(text.portal)}</h2>${copyable(portal, text.portalOf, portal)}`,
			`<p id="shown" class="hint" data-live>${escapeHtml(text.portalAbout(shown, isAny && devices.length > 1))}${devices.length > 1 || !isAny ? "" : escapeHtml(` ${text.alone}`)}</p></section><div class="sections">`,
			...devices.map(section),
			"</div></main>",
		],
		OWN,
	);
}

const OWN = Object.freeze({
	policy: pagePolicy({ images: "'self'" }),
	head: Object.freeze([
		'<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/porthole.css"><script src="/porthole.js" defer></script><script src="/view.js" defer></script>',
		`<noscript><meta http-equiv="refresh" content="${PLAIN_REFRESH}"></noscript>`,
	]),
});

function section(device: ShownConnection): string {
	const text = VIEW_MESSAGES;
	const id = escapeHtml(device.id);
	const players =
		device.players === ""
			? ""
			: `<h3>${escapeHtml(text.players)}</h3>${copyable(device.players, text.playersOf(device.name))}`;
	return `<section aria-labelledby="of-${id}"><h2 id="of-${id}">${escapeHtml(device.name)}</h2><div id="state-${id}" data-live>${revoked(device)}${state(device)}</div><h3>${escapeHtml(text.pages)}</h3>${copyable(device.pages, text.pagesOf(device.name), device.pages)}${players}</section>`;
}

function revoked({ isRevoked }: ShownConnection): string {
	return isRevoked ? `<p class="notice">${escapeHtml(VIEW_MESSAGES.revoked)}</p>` : "";
}

function state(device: ShownConnection): string {
	const text = VIEW_MESSAGES;
	const label = escapeHtml(text.states[device.state]);
	switch (device.state) {
		case "connected":
			return `<p class="health" data-health="ok">${label}</p><dl>${facts(device)}</dl>`;
		case "idle":
			if (device.isRevoked) return `<p>${label}.</p>`;
			return `<p>${label}. <span class="hint">${escapeHtml(text.idle)}</span></p>`;
		default: {
			const failed = device.isKept ? text.failed : text.failedIdle;
			const sentence = device.state === "connecting" ? text.before : failed;
			const reason = device.reason === "" ? "" : `<p>${escapeHtml(sentence(device.reason))}</p>`;
			const health = device.state === "connecting" ? "unreachable" : "absent";
			return `<p class="health" data-health="${health}">${label}</p>${reason}${stepList(device.steps)}`;
		}
	}
}

function facts({ path, address, roundTrip, sent, received, since }: ShownConnection): string {
	const text = VIEW_MESSAGES;
	const way = path === "" ? text.unknown : TUNNEL_MESSAGES.paths[path];
	const time = since === "" ? "" : `<time datetime="${since}">${since.slice(0, 19).replace("T", " ")} UTC</time>`;
	return [
		fact(text.path, escapeHtml(address === "" ? way : text.pathAt(way, address))),
		fact(text.roundTrip, escapeHtml(roundTrip > 0 ? text.millis(roundTrip) : text.unknown)),
		fact(text.traffic, escapeHtml(`${sizeText(received)}, ${sizeText(sent)}`)),
		time === "" ? "" : fact(text.since, time),
	].join("");
}

/** @param value already HTML */
function fact(term: string, value: string): string {
	return `<dt>${escapeHtml(term)}</dt><dd>${value}</dd>`;
}

function stepList(steps: readonly ShownStep[]): string {
	if (steps.length === 0) return "";
	const { steps: labels, stepAfter } = VIEW_MESSAGES;
	const items = steps.map(
		({ seconds, step, detail }) => `<li>${escapeHtml(stepAfter(seconds.toFixed(3), labels[step], detail))}</li>`,
	);
	return `<ul class="hint">${items.join("")}</ul>`;
}

/** How soon a browser asks again for a device that is being connected, and for one that can't be reached, in seconds. */
const CONNECTING_REFRESH = 1;
const FAILED_REFRESH = 3;

/**
 * Generates the page that a browser gets in place of a device that is not connected. It asks for the same address again by itself, also
 * without script, so that it becomes the page of the device.
 * @param reason why it can't be reached; empty: it is being connected
 * @param all the address of the page of all connections
 */
export function waitingPage(name: string, reason: string, steps: readonly ShownStep[], all: string): Page {
	const { waiting } = VIEW_MESSAGES;
	const title = waiting.title(name);
	const refresh = reason === "" ? CONNECTING_REFRESH : FAILED_REFRESH;
	return new Page(
		title,
		[
			`<main><h1>${escapeHtml(title)}</h1>`,
			`<p role="status">${escapeHtml(reason === "" ? waiting.connecting : waiting.failed(reason))}</p>`,
			stepList(steps),
			`<p class="hint">${escapeHtml(waiting.goesOn)}</p>`,
			`<p><a class="button" href="${escapeHtml(all)}">${escapeHtml(waiting.all)}</a></p></main>`,
		],
		{
			policy: STRANGERS_HEAD.policy,
			head: [`<meta http-equiv="refresh" content="${refresh}">`, ...STRANGERS_HEAD.head],
		},
	);
}
