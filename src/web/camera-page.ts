import type { Flip } from "../ports/camera";
import { addressList } from "./address-list";
import { CAMERA_MESSAGES } from "./camera-messages";
import { escapeHtml } from "./escape-html";
import { asks, button, choiceField, hiddenField, ownForm } from "./form";
import { linkForm } from "./link-list";
import { MESSAGES } from "./messages";
import { type Notice, noticeList } from "./notices";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { PORTAL_MESSAGES } from "./portal-messages";
import type { ProgramAddress } from "./program-address";

/** One fact about a camera. */
export type Fact = readonly [label: string, value: string];

/** What the controls of a pan and tilt drive show. */
export interface DriveView {
	/** Names of the presets, in the order of the patrol. */
	readonly presets: readonly string[];
	/** Whether the camera is patrolling its presets. */
	readonly patrol: boolean;
}

/** The picture settings that can be changed; those that are `undefined` can't. */
export interface PictureView {
	/** 1 to 100. */
	readonly quality: number | undefined;
	/** `1280x720`, or `auto`: the camera's own. */
	readonly resolution: string | undefined;
	/** Those that can be chosen; empty: none. */
	readonly resolutions: readonly string[];
	/** -100 to 100. */
	readonly brightness: number | undefined;
	readonly flip: Flip | undefined;
}

/** What a camera's own page shows. */
export interface CameraView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly name: string;
	/** `undefined`: the camera can't move. */
	readonly drive: DriveView | undefined;
	/** `undefined`: nothing of the pictures can be changed. */
	readonly picture: PictureView | undefined;
	readonly notices: readonly Notice[];
	/** Facts about the camera; only owners see them. */
	readonly facts: readonly Fact[];
	/** Whether there may be events to show. */
	readonly hasEvents: boolean;
	/** Where programs get the pictures; only owners see them. */
	readonly addresses: readonly ProgramAddress[];
	/** Whether the camera asks the router for a port. */
	readonly isMapping: boolean;
	/** A section added by the host, already HTML. */
	readonly extra: string;
}

/** The frame rates that can be chosen; 0: as many as there are. */
const RATES: readonly number[] = Object.freeze([0, 10, 5, 1]);

/** Returns the frame rate that the query of the page asks for; 0 (as many as there are) if it is not one of those offered. */
export function rateOf(query: ReadonlyMap<string, string>): number {
	const rate = Number(query.get("fps") ?? "0");
	return RATES.includes(rate) ? rate : 0;
}

/**
 * Generates a camera's own page: live video, snapshot, pan and tilt, facts (IMG-15, IMG-16, IMG-18).
 * @param rate frame rate. @see rateOf
 */
export function cameraPage(view: CameraView, rate = 0): Page {
	const text = CAMERA_MESSAGES;
	const { visitor } = view;
	const name = escapeHtml(view.name);
	const drive = visitor.owner ? view.drive : undefined;
	const moves =
		drive === undefined ? "" : ` data-moves="yes" data-camera="${view.id}" tabindex="0" aria-describedby="how"`;
	const live = `<img id="live" src="/stream.mjpeg${rate === 0 ? "" : `?fps=${rate}`}" alt="${escapeHtml(text.picture(view.name))}" width="640" height="480"${moves}>`;
	const rates = RATES.map(
		(each) =>
			`<a class="button plain" href="?fps=${each}"${each === rate ? ' aria-current="true"' : ""}>${escapeHtml(each === 0 ? text.allRates : text.rate(each))}</a>`,
	);
	const share = visitor.owner
		? ` <a class="button plain" href="/settings#links">${escapeHtml(PORTAL_MESSAGES.share)}</a>`
		: "";
	const row = `<div class="row"><button id="full" type="button" hidden>${escapeHtml(text.fullScreen)}</button> <a id="snapshot" class="button" href="/snapshot.jpg" download="${name}.jpg" data-name="${name}">${escapeHtml(text.snapshot)}</a>${share}</div>`;
	const choice = `<div role="group" aria-label="${escapeHtml(text.rates)}"><span class="hint">${escapeHtml(text.rates)}</span><div class="choice">${rates.join("")}</div></div>`;
	const steps =
		drive === undefined ? "" : `${moveButtons(view.id)}<p id="how" class="hint">${escapeHtml(text.hint)}</p>`;
	const body = [
		pageHeader(view.name, "/camera", visitor),
		`<main>${noticeList(view.notices)}<p id="news" role="status" data-keep></p>`,
		`<div class="stage"><figure>${live}<p id="stopped" role="status" data-since="${escapeHtml(text.since)}" data-broken="${escapeHtml(text.broken)}"></p></figure><div>${row}${choice}${steps}</div></div>`,
		view.hasEvents
			? `<section id="recent" aria-labelledby="motion" data-keep hidden><h2 id="motion">${escapeHtml(text.events)}</h2><ul class="grid"></ul></section><noscript><p><a href="/events">${escapeHtml(text.events)}</a></p></noscript>`
			: "",
		visitor.owner ? owners(view) : "",
		"</main>",
	];
	return new Page(pageTitle(view.name, visitor), body);
}

function owners(view: CameraView): string {
	const facts = view.facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
	const picture = view.picture === undefined ? "" : pictureForm(view.id, view.picture);
	return `<div class="sections">${view.drive === undefined ? "" : presets(view.id, view.drive)}${picture}${programs(view)}<section aria-labelledby="facts"><h2 id="facts">${escapeHtml(CAMERA_MESSAGES.facts)}</h2><dl>${facts.join("")}</dl>${view.extra}</section></div>`;
}

/** Makes the box with the addresses for programs, and the form that makes some with a token (ONE-3). */
function programs({ id, addresses, isMapping }: CameraView): string {
	const { title, hint, make, noPort, off } = MESSAGES.programs;
	const why = addresses.some(({ internet }) => internet !== "") ? "" : isMapping ? noPort : off;
	const absence = why === "" ? "" : `<p class="hint">${escapeHtml(why)}</p>`;
	return `<section aria-labelledby="programs"><h2 id="programs">${escapeHtml(title)}</h2><p class="hint">${escapeHtml(hint)}</p>${addressList(addresses)}${absence}<details><summary>${escapeHtml(make)}</summary>${linkForm(id, "8760", make)}</details></section>`;
}

const MOTION = "/api/v1/motion";

/** How far one press of a button moves the camera, in degrees. */
const STEP = 10;

/** Makes the buttons that move the camera; without script each of them reloads the page (IMG-18). */
function moveButtons(id: string): string {
	const text = CAMERA_MESSAGES;
	const moves = [
		step(id, text.up, "▲", 0, 1),
		step(id, text.left, "◀", -1, 0),
		ownForm(id, MOTION, `${hiddenField("home", "yes")}<button aria-label="${escapeHtml(text.center)}">●</button>`),
		step(id, text.right, "▶", 1, 0),
		step(id, text.down, "▼", 0, -1),
	];
	return `<div class="moves" role="group" aria-label="${escapeHtml(text.move)}">${moves.join("")}</div>`;
}

function step(id: string, label: string, sign: string, pan: number, tilt: number): string {
	const fields = hiddenField("pan", pan * STEP) + hiddenField("tilt", tilt * STEP);
	return ownForm(id, MOTION, `${fields}<button aria-label="${escapeHtml(label)}">${sign}</button>`);
}

/** Makes the list of presets, the form that saves one, and the switch for the patrol. */
function presets(id: string, drive: DriveView): string {
	const text = CAMERA_MESSAGES;
	const saved = drive.presets.map(
		(name) =>
			`<li class="row" data-id="${escapeHtml(name)}"><span class="go">${ownForm(id, MOTION, hiddenField("preset", name) + button(name, true, text.go(name)))}</span>${ownForm(id, MOTION, hiddenField("remove", name) + button(text.remove, true, text.removeNamed(name)), asks(text.removeAsk(name)))}</li>`,
	);
	const list = saved.length === 0 ? `<p class="hint">${escapeHtml(text.noPresets)}</p>` : `<ul>${saved.join("")}</ul>`;
	const input = '<input name="save" maxlength="24" required autocomplete="off">';
	const save = ownForm(id, MOTION, `<label>${escapeHtml(text.savePreset)} ${input}</label> ${button(text.save)}`);
	const patrol =
		saved.length < 2 && !drive.patrol
			? ""
			: `<p>${escapeHtml(drive.patrol ? text.patrolOn : text.patrolOff)}</p>${ownForm(id, MOTION, hiddenField("patrol", drive.patrol ? "off" : "on") + button(drive.patrol ? text.stopPatrol : text.startPatrol))}`;
	return `<section aria-labelledby="presets"><h2 id="presets">${escapeHtml(text.presets)}</h2>${list}${save}${patrol}</section>`;
}

/** Makes the form that changes how the pictures look. */
function pictureForm(id: string, { quality, resolution, resolutions, brightness, flip }: PictureView): string {
	const text = CAMERA_MESSAGES;
	let fields = "";
	if (quality !== undefined) {
		const isKnown = text.qualities.some(([value]) => value === `${quality}`);
		const now = [`${quality}`, text.qualityNow(quality)] as const;
		const choices = isKnown ? text.qualities : [now, ...text.qualities];
		fields += choiceField("quality", text.quality, choices, `${quality}`);
	}
	if (resolution !== undefined) {
		const choices = resolutions.map(
			(size) => [size, size === "auto" ? text.ownSize : size.replace("x", " × ")] as const,
		);
		fields += choiceField("resolution", text.resolution, choices, resolution);
	}
	if (flip !== undefined) fields += choiceField("flip", text.flip, text.flips, flip);
	if (brightness !== undefined)
		fields += `<label>${escapeHtml(text.brightness)} <input type="range" name="brightness" min="-100" max="100" step="5" value="${brightness}"></label>`;
	const form = ownForm(id, "/api/v1/picture", `<div class="fields">${fields}</div>${button(text.set)}`);
	return `<section aria-labelledby="look"><h2 id="look">${escapeHtml(text.look)}</h2>${form}</section>`;
}
