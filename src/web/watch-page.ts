import { toJson } from "../base/json";
import { escapeHtml } from "./escape-html";
import { LOGO } from "./logo";
import { Page } from "./page";
import { PRODUCT } from "./page-header";
import { WATCH_MESSAGES } from "./watch-messages";

/** The page connects to the server that it came from, and by WebRTC to a device; its videos are made by its script. */
const POLICY =
	"default-src 'none'; img-src 'self' data:; media-src 'self' blob:; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HEAD: readonly string[] = Object.freeze([
	'<link rel="icon" href="data:,"><link rel="stylesheet" href="/watch.css"><script src="/watch.js" defer></script>',
]);
/** The speeds of recordings. */
const SPEEDS: readonly number[] = Object.freeze([1, 4, 16, 60]);

/**
 * Generates the page on which a browser watches a device directly (P2P-13): it is served by rendezvous servers, with the secret of a
 * link in the fragment of its URL, which no server gets, and by devices themselves.
 * @param isDevice whether the device itself serves it
 */
export function watchPage(isDevice: boolean): Page {
	const text = WATCH_MESSAGES;
	const speeds = SPEEDS.map((speed) => `<option value="${speed}">${speed}×</option>`).join("");
	const body = [
		`<header><${isDevice ? 'a class="brand" href="/"' : 'span class="brand"'}>${LOGO}<span>${PRODUCT}</span></${isDevice ? "a" : "span"}></header>`,
		`<main data-texts="${escapeHtml(toJson(text.page))}"${isDevice ? " data-device" : ""}>`,
		`<h1>${escapeHtml(text.title)}</h1><noscript><p>${escapeHtml(text.noScript)}</p></noscript>`,
		'<div role="status"><ol id="steps"></ol></div>',
		`<section id="devices" hidden aria-labelledby="devices-title"><h2 id="devices-title">${escapeHtml(text.devices)}</h2><ul></ul></section>`,
		'<figure id="stage" hidden><canvas role="img" width="640" height="480"></canvas><video muted playsinline autoplay hidden></video><figcaption></figcaption></figure>',
		`<div class="row" id="formats" role="group" aria-label="${escapeHtml(text.format)}" hidden>${toggle("jpeg", text.jpeg)}${toggle("h264", text.h264)}</div>`,
		`<div id="moves" role="group" aria-label="${escapeHtml(text.move)}" hidden>`,
		`${arrow("up", "↑", text.up)}${arrow("left", "←", text.left)}${arrow("home", "·", text.center)}${arrow("right", "→", text.right)}${arrow("down", "↓", text.down)}</div>`,
		`<form id="recordings" hidden><h2>${escapeHtml(text.recordings)}</h2>`,
		`<label>${escapeHtml(text.camera)} <select name="camera"></select></label>`,
		`<label>${escapeHtml(text.from)} <input type="datetime-local" name="from" step="1"></label>`,
		`<label>${escapeHtml(text.speed)} <select name="speed">${speeds}</select></label>`,
		`<button>${escapeHtml(text.play)}</button><button type="button" name="stop">${escapeHtml(text.stop)}</button></form>`,
		`<form id="login" hidden><h2>${escapeHtml(text.login)}</h2>`,
		`<label>${escapeHtml(text.user)} <select name="user"><option value="owner">${escapeHtml(text.owner)}</option><option value="viewer">${escapeHtml(text.viewer)}</option></select></label>`,
		`<label>${escapeHtml(text.password)} <input type="password" name="password" autocomplete="current-password"></label>`,
		`<button>${escapeHtml(text.login)}</button></form></main>`,
	];
	return new Page(`${text.title} – ${PRODUCT}`, body, { policy: POLICY, head: HEAD });
}

function toggle(id: string, text: string): string {
	return `<button type="button" id="${id}" aria-pressed="false">${escapeHtml(text)}</button>`;
}

function arrow(id: string, symbol: string, name: string): string {
	return `<button type="button" data-move="${id}" aria-label="${escapeHtml(name)}" title="${escapeHtml(name)}">${symbol}</button>`;
}
