import { toJson } from "../base/json";
import { escapeHtml } from "./escape-html";
import { EVENTS_MESSAGES } from "./events-messages";
import { button, choiceField, hiddenField, ownForm } from "./form";
import { type Notice, noticeList } from "./notices";
import { ownPictures, Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";

const OWN = ownPictures(["/events.css"], ["/events.js"]);

/** An event as the page shows it. */
export interface ShownEvent {
	readonly id: number;
	readonly camera: string;
	/** The name of the camera. */
	readonly title: string;
	readonly kind: "motion" | "switch" | "call";
	readonly from: number;
	readonly to: number | undefined;
	readonly score: number;
	readonly label: string;
}

/** A zone as the page shows it. */
export interface ShownZone {
	readonly name: string;
	readonly isIgnored: boolean;
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/** How motion is looked for at a camera. */
export interface ShownSettings {
	readonly isOn: boolean;
	readonly sensitivity: number;
	readonly area: number;
	readonly pictures: number;
	readonly hold: number;
	readonly zones: readonly ShownZone[];
}

/** What the page of events shows. */
export interface EventsView {
	readonly visitor: Visitor;
	/** The identity of the NAS. */
	readonly id: string;
	readonly notices: readonly Notice[];
	readonly cameras: readonly { readonly key: string; readonly title: string }[];
	/** The camera that was chosen; `undefined`: all. */
	readonly chosen: { readonly key: string; readonly title: string; readonly hasPictures: boolean } | undefined;
	/** Of the chosen camera; `undefined`: no picture has come from it yet. */
	readonly settings: ShownSettings | undefined;
	/** The newest first. */
	readonly events: readonly ShownEvent[];
}

/** How many zones a camera may have. */
const ZONES_MAX = 8;
const SIDES = Object.freeze(["left", "top", "right", "bottom"] as const);

/**
 * Generates the page of events: the last ones with their pictures, and for the owner how motion is looked for at a camera, with
 * what is seen now. Zones are drawn in the picture or typed (STR-26).
 */
export function eventsPage(view: EventsView): Page {
	const { title } = EVENTS_MESSAGES;
	const { chosen, settings, visitor } = view;
	const heading = chosen === undefined ? title : `${title}: ${chosen.title}`;
	const tools = chosen !== undefined && settings !== undefined && visitor.owner ? tuning(view, chosen, settings) : "";
	return new Page(
		pageTitle(heading, visitor),
		[
			pageHeader(heading, "/events", visitor),
			`<main>${noticeList(view.notices)}${choices(view)}`,
			chosen !== undefined && !chosen.hasPictures ? `<p>${escapeHtml(EVENTS_MESSAGES.noPicture)}</p>` : "",
			tools,
			list(view.events),
			"</main>",
		],
		OWN,
	);
}

function choices({ cameras, chosen }: EventsView): string {
	const { all, cameras: label } = EVENTS_MESSAGES;
	const links = cameras.map(({ key, title }) => choice(`/events?camera=${key}`, title, key === chosen?.key));
	return `<div class="row" role="group" aria-label="${escapeHtml(label)}">${choice("/events", all, chosen === undefined)} ${links.join(" ")}</div>`;
}

function choice(url: string, text: string, isCurrent: boolean): string {
	return `<a href="${url}"${isCurrent ? ' aria-current="true"' : ""}>${escapeHtml(text)}</a>`;
}

function list(events: readonly ShownEvent[]): string {
	const { list: title, none } = EVENTS_MESSAGES;
	const items = events.map(item).join("");
	const body = items === "" ? `<p class="hint">${escapeHtml(none)}</p>` : `<ul id="events">${items}</ul>`;
	return `<section aria-labelledby="last"><h2 id="last">${escapeHtml(title)}</h2>${body}</section>`;
}

function item({ id, camera, title, kind, from, to, score, label }: ShownEvent): string {
	const text = EVENTS_MESSAGES;
	const utc = new Date(from).toISOString();
	const time = `<time datetime="${utc}">${utc.slice(0, 19).replace("T", " ")} UTC</time>`;
	const lasted = to === undefined ? text.lasts : text.lasted(Math.max(1, Math.round((to - from) / 1000)));
	const words = [text.kinds[kind], ...(label === "" ? [] : [label]), lasted];
	if (kind === "motion") words.push(text.score(score));
	const picture = `<img src="/events/${id}/picture.jpg" alt="${escapeHtml(text.still(title))}" loading="lazy" width="128" height="96">`;
	const link = `<a href="/timeline?camera=${camera}&amp;at=${from}"><b>${escapeHtml(title)}</b>, ${time}</a>`;
	return `<li>${picture}<div>${link}<br><span class="hint">${escapeHtml(words.join(", "))}</span></div></li>`;
}

/** What the detector sees, and its settings. */
function tuning({ id }: EventsView, { key, title }: { key: string; title: string }, settings: ShownSettings): string {
	const text = EVENTS_MESSAGES;
	const texts = toJson({ states: text.states, moves: text.moves, small: text.small });
	const path = `/api/v1/recordings/${key}`;
	const numbers = [
		number("sensitivity", text.sensitivity, settings.sensitivity, 1, 100),
		number("area", text.area, settings.area, 1, 500),
		number("pictures", text.pictures, settings.pictures, 1, 20),
		number("hold", text.hold, settings.hold, 1, 300),
	];
	const on = choiceField(
		"on",
		text.on,
		[
			["on", text.yes],
			["off", text.no],
		],
		settings.isOn ? "on" : "off",
	);
	const zones = settings.zones.map((zone, i) => zoneForm(id, path, i + 1, zone));
	if (zones.length < ZONES_MAX) zones.push(zoneForm(id, path, zones.length + 1, undefined));
	return [
		`<section id="motion" aria-labelledby="motion-title" data-camera="${key}" data-texts="${escapeHtml(texts)}">`,
		`<h2 id="motion-title">${escapeHtml(text.motion)}</h2><div class="stage">`,
		`<figure><img src="/events/live.jpg?camera=${key}" alt="${escapeHtml(text.live(title))}" width="640" height="480"><canvas aria-hidden="true"></canvas></figure>`,
		`<div><p id="state" role="status" data-keep></p><p class="still" data-keep><meter min="0" max="30" aria-labelledby="size"></meter> <span id="size"></span></p>`,
		`${ownForm(id, `${path}/motion`, `${on}${numbers.join("")}${button(text.save)}`)}</div></div>`,
		`<h3>${escapeHtml(text.zones)}</h3><p class="hint">${escapeHtml(text.zonesHint)}</p>`,
		`<div class="zones">${zones.join("")}</div></section>`,
	].join("");
}

function number(name: string, label: string, value: number, min: number, max: number): string {
	return `<label>${escapeHtml(label)} <input name="${name}" type="number" min="${min}" max="${max}" value="${value}" required></label>`;
}

/** @param zone `undefined`: a new one */
function zoneForm(id: string, path: string, count: number, zone: ShownZone | undefined): string {
	const text = EVENTS_MESSAGES;
	const title = escapeHtml(zone === undefined ? text.newZone : text.zone(count));
	const uses: [string, string][] = [
		["watch", text.uses.watch],
		["ignore", text.uses.ignore],
	];
	if (zone !== undefined) uses.push(["none", text.uses.none]);
	const sides = SIDES.map((side) => {
		const value = zone === undefined ? (side === "left" || side === "top" ? 0 : "") : zone[side];
		return `<label>${escapeHtml(text.sides[side])} <input name="${side}" type="number" min="0" max="100" value="${value}" required></label>`;
	});
	const fields = [
		hiddenField("zone", count),
		`<label>${escapeHtml(text.name)} <input name="name" maxlength="64" autocomplete="off" value="${escapeHtml(zone?.name ?? "")}"></label>`,
		choiceField("use", text.use, uses, zone?.isIgnored === true ? "ignore" : "watch"),
		`<div class="sides">${sides.join("")}</div>${button(text.save, true, text.saveZone(count))}`,
	];
	return ownForm(id, `${path}/zone`, `<h4 class="hint">${title}</h4>${fields.join("")}`);
}
