import { escapeHtml, Page } from "./page";
import { type Notice, noticeList, renameForm } from "./portal-page";

/** What a camera's own page shows. */
export interface CameraView {
	readonly id: string;
	readonly name: string;
	/** Where all cameras are listed. */
	readonly portalUrl: string;
	readonly canMove: boolean;
	/** Whether ports are asked of the gateway: the switch of IMG-7. */
	readonly mapping: boolean;
	readonly notices: readonly Notice[];
	/** What there is to know, as names and values. */
	readonly facts: readonly (readonly [string, string])[];
	/** More of the host's own, already HTML. */
	readonly extra: string;
}

const MOVES: readonly (readonly [string, string, number, number])[] = Object.freeze([
	["Up", "▲", 0, 1],
	["Left", "◀", -1, 0],
	["Right", "▶", 1, 0],
	["Down", "▼", 0, -1],
]);

/** Degrees of one step. */
const STEP = 10;

/** Generates a camera's own page: live picture, snapshot, pan and tilt, name, switch, facts (IMG-15, IMG-16, IMG-18). */
export function cameraPage(view: CameraView): Page {
	const name = escapeHtml(view.name);
	return new Page(view.name, [
		`<header><h1>${name}</h1><nav><a href="${escapeHtml(view.portalUrl)}">All cameras</a> <a href="/snapshot.jpg">Snapshot</a> <a href="/fleet">Fleet</a></nav></header>`,
		`<main>${noticeList(view.notices)}<img id="live" src="/stream.mjpeg" alt="Live picture of ${name}" width="640" height="480"${view.canMove ? ' data-moves="yes" tabindex="0"' : ""}>`,
		view.canMove ? moves() : "",
		renameForm(view.id, view.name),
		mappingForm(view.mapping),
		view.extra,
		`<dl>${view.facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl></main>`,
	]);
}

function moves(): string {
	const buttons = MOVES.map(
		([label, sign, pan, tilt]) =>
			`<form method="post" action="/api/v1/motion"><input type="hidden" name="pan" value="${pan * STEP}"><input type="hidden" name="tilt" value="${tilt * STEP}"><button aria-label="${label}">${sign}</button></form>`,
	);
	const home = `<form method="post" action="/api/v1/motion"><input type="hidden" name="home" value="yes"><button aria-label="Straight ahead">●</button></form>`;
	return `<div class="moves" role="group" aria-label="Move the camera">${buttons.slice(0, 2).join("")}${home}${buttons.slice(2).join("")}</div>`;
}

function mappingForm(on: boolean): string {
	const words = on
		? "This camera asks the router for a port, so that it can be seen from the Internet."
		: "This camera is for the home network only.";
	return `<form method="post" action="/api/v1/mapping"><p>${words} <button name="on" value="${on ? "no" : "yes"}">${on ? "Switch off" : "Switch on"}</button></p></form>`;
}
