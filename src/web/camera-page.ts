import { type DriveView, moveButtons, positions, qualityForm } from "./camera-controls";
import { MESSAGES } from "./messages";
import { type Notice, noticeList } from "./notices";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/** One line of what there is to know of a camera: label and value. */
export type Fact = readonly [label: string, value: string];

/** What a camera's own page shows. */
export interface CameraView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly name: string;
	/** `undefined`: this camera can't be moved. */
	readonly drive: DriveView | undefined;
	/** Quality of the pictures, 1 to 100; `undefined`: it can't be chosen. */
	readonly quality: number | undefined;
	readonly notices: readonly Notice[];
	/** What there is to know, as names and values; for the owner. */
	readonly facts: readonly Fact[];
	/** More of the host's own, already HTML. */
	readonly extra: string;
}

/** Pictures a second that a visitor can choose; 0: as many as there are. */
const RATES: readonly number[] = Object.freeze([0, 10, 5, 1]);

/** Returns the rate that the query of the page asks for, one of those offered. @default 0, as many as there are */
export function rateOf(query: ReadonlyMap<string, string>): number {
	const rate = Number(query.get("fps") ?? "0");
	return RATES.includes(rate) ? rate : 0;
}

/**
 * Generates a camera's own page: live picture, snapshot, pan and tilt, facts (IMG-15, IMG-16, IMG-18).
 * @param rate pictures a second. @see rateOf
 */
export function cameraPage(view: CameraView, rate = 0): Page {
	const { camera } = MESSAGES;
	const { visitor } = view;
	const name = escapeHtml(view.name);
	const drive = visitor.owner ? view.drive : undefined;
	const moves = drive === undefined ? "" : ' data-moves="yes" tabindex="0" aria-describedby="how"';
	const live = `<img id="live" src="/stream.mjpeg${rate === 0 ? "" : `?fps=${rate}`}" alt="${escapeHtml(camera.picture(view.name))}" width="640" height="480"${moves}>`;
	const rates = RATES.map(
		(each) =>
			`<a href="?fps=${each}"${each === rate ? ' aria-current="true"' : ""}>${escapeHtml(each === 0 ? camera.allRates : camera.rate(each))}</a>`,
	);
	const row = `<div class="row"><button id="full" type="button" hidden>${escapeHtml(camera.fullScreen)}</button> <a class="button" href="/snapshot.jpg" download="${name}.jpg">${escapeHtml(camera.snapshot)}</a></div>`;
	const choice = `<div class="row" role="group" aria-label="${escapeHtml(camera.rates)}"><span>${escapeHtml(camera.rates)}:</span> ${rates.join(" ")}</div>`;
	const steps = drive === undefined ? "" : `${moveButtons()}<p id="how" class="hint">${escapeHtml(camera.hint)}</p>`;
	return new Page(view.name, [
		pageHeader(view.name, "/camera", visitor),
		`<main>${noticeList(view.notices)}<p id="news" role="status" data-broken="${escapeHtml(camera.broken)}"></p>`,
		`<div class="stage"><figure>${live}</figure><div>${row}${choice}${steps}</div></div>`,
		visitor.owner ? owners(view) : "",
		"</main>",
	]);
}

function owners(view: CameraView): string {
	const facts = view.facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
	const quality = view.quality === undefined ? "" : qualityForm(view.quality);
	return `<div class="sections">${view.drive === undefined ? "" : positions(view.drive)}<section aria-labelledby="facts"><h2 id="facts">${escapeHtml(MESSAGES.camera.facts)}</h2><dl>${facts.join("")}</dl>${quality}${view.extra}</section></div>`;
}
