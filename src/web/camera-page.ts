import { button, choiceField, hiddenField, ownForm } from "./form";
import { MESSAGES } from "./messages";
import { type Notice, noticeList } from "./notices";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/** One fact about a camera. */
export type Fact = readonly [label: string, value: string];

/** What the controls of a pan and tilt drive show. */
export interface DriveView {
	/** Names of the presets, in the order of the patrol. */
	readonly presets: readonly string[];
	/** Whether the camera is patrolling its presets. */
	readonly patrol: boolean;
}

/** What a camera's own page shows. */
export interface CameraView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly name: string;
	/** `undefined`: the camera can't move. */
	readonly drive: DriveView | undefined;
	/** Picture quality, 1 to 100; `undefined`: it can't be changed. */
	readonly quality: number | undefined;
	readonly notices: readonly Notice[];
	/** Facts about the camera; only owners see them. */
	readonly facts: readonly Fact[];
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
	const { camera } = MESSAGES;
	const { visitor } = view;
	const name = escapeHtml(view.name);
	const drive = visitor.owner ? view.drive : undefined;
	const moves =
		drive === undefined ? "" : ` data-moves="yes" data-camera="${view.id}" tabindex="0" aria-describedby="how"`;
	const live = `<img id="live" src="/stream.mjpeg${rate === 0 ? "" : `?fps=${rate}`}" alt="${escapeHtml(camera.picture(view.name))}" width="640" height="480"${moves}>`;
	const rates = RATES.map(
		(each) =>
			`<a href="?fps=${each}"${each === rate ? ' aria-current="true"' : ""}>${escapeHtml(each === 0 ? camera.allRates : camera.rate(each))}</a>`,
	);
	const row = `<div class="row"><button id="full" type="button" hidden>${escapeHtml(camera.fullScreen)}</button> <a class="button" href="/snapshot.jpg" download="${name}.jpg">${escapeHtml(camera.snapshot)}</a></div>`;
	const choice = `<div class="row" role="group" aria-label="${escapeHtml(camera.rates)}"><span>${escapeHtml(camera.rates)}:</span> ${rates.join(" ")}</div>`;
	const steps =
		drive === undefined ? "" : `${moveButtons(view.id)}<p id="how" class="hint">${escapeHtml(camera.hint)}</p>`;
	return new Page(view.name, [
		pageHeader(view.name, "/camera", visitor),
		`<main>${noticeList(view.notices)}<p id="news" role="status" data-broken="${escapeHtml(camera.broken)}" data-since="${escapeHtml(camera.since)}"></p>`,
		`<div class="stage"><figure>${live}</figure><div>${row}${choice}${steps}</div></div>`,
		visitor.owner ? owners(view) : "",
		"</main>",
	]);
}

function owners(view: CameraView): string {
	const facts = view.facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
	const quality = view.quality === undefined ? "" : qualityForm(view.id, view.quality);
	return `<div class="sections">${view.drive === undefined ? "" : presets(view.id, view.drive)}<section aria-labelledby="facts"><h2 id="facts">${escapeHtml(MESSAGES.camera.facts)}</h2><dl>${facts.join("")}</dl>${quality}${view.extra}</section></div>`;
}

const MOTION = "/api/v1/motion";

/** How far one press of a button moves the camera, in degrees. */
const STEP = 10;

/** Makes the buttons that move the camera; without script each of them reloads the page (IMG-18). */
function moveButtons(id: string): string {
	const { camera } = MESSAGES;
	const moves = [
		step(id, camera.up, "▲", 0, 1),
		step(id, camera.left, "◀", -1, 0),
		ownForm(id, MOTION, `${hiddenField("home", "yes")}<button aria-label="${escapeHtml(camera.center)}">●</button>`),
		step(id, camera.right, "▶", 1, 0),
		step(id, camera.down, "▼", 0, -1),
	];
	return `<div class="moves" role="group" aria-label="${escapeHtml(camera.move)}">${moves.join("")}</div>`;
}

function step(id: string, label: string, sign: string, pan: number, tilt: number): string {
	const fields = hiddenField("pan", pan * STEP) + hiddenField("tilt", tilt * STEP);
	return ownForm(id, MOTION, `${fields}<button aria-label="${escapeHtml(label)}">${sign}</button>`);
}

/** Makes the list of presets, the form that saves one, and the switch for the patrol. */
function presets(id: string, drive: DriveView): string {
	const { camera } = MESSAGES;
	const saved = drive.presets.map(
		(name) =>
			`<li class="row"><span class="go">${ownForm(id, MOTION, hiddenField("preset", name) + button(name, true, camera.go(name)))}</span>${ownForm(id, MOTION, hiddenField("remove", name) + button(camera.remove, true, camera.removeNamed(name)))}</li>`,
	);
	const list =
		saved.length === 0 ? `<p class="hint">${escapeHtml(camera.noPresets)}</p>` : `<ul>${saved.join("")}</ul>`;
	const input = '<input name="save" maxlength="24" required autocomplete="off">';
	const save = ownForm(id, MOTION, `<label>${escapeHtml(camera.savePreset)} ${input}</label> ${button(camera.save)}`);
	const patrol =
		saved.length < 2 && !drive.patrol
			? ""
			: `<p>${escapeHtml(drive.patrol ? camera.patrolOn : camera.patrolOff)}</p>${ownForm(id, MOTION, hiddenField("patrol", drive.patrol ? "off" : "on") + button(drive.patrol ? camera.stopPatrol : camera.startPatrol))}`;
	return `<section aria-labelledby="presets"><h2 id="presets">${escapeHtml(camera.presets)}</h2>${list}${save}${patrol}</section>`;
}

/** Makes the form that changes the picture quality. @param value the current quality, 1 to 100 */
function qualityForm(id: string, value: number): string {
	const { camera } = MESSAGES;
	const known = camera.qualities.some(([quality]) => quality === `${value}`);
	const choices = known ? camera.qualities : [[`${value}`, camera.qualityNow(value)] as const, ...camera.qualities];
	return ownForm(
		id,
		"/api/v1/picture",
		`${choiceField("quality", camera.quality, choices, `${value}`)} ${button(camera.set)}`,
	);
}
