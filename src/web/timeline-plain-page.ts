import type { Millis } from "../core/time";
import { escapeHtml } from "./escape-html";
import { TIMELINE_MESSAGES } from "./timeline-messages";

const { plain, gaps } = TIMELINE_MESSAGES;

const HOUR: Millis = 3_600_000;
/** How much is played by one link. */
const PLAYED: Millis = 600_000;

/** A camera, for people without script. */
export interface PlainCamera {
	readonly key: string;
	readonly title: string;
}

/** A day of a camera; times in milliseconds since 1970. */
export interface PlainDay {
	readonly start: Millis;
	readonly stretches: readonly {
		readonly from: Millis;
		readonly to: Millis;
		/** Why nothing follows. */
		readonly gap: keyof typeof gaps | undefined;
	}[];
}

/** What is shown to a browser without script. */
export type PlainView =
	| { readonly cameras: readonly PlainCamera[] }
	| { readonly camera: PlainCamera; readonly days: readonly Millis[] }
	| { readonly camera: PlainCamera; readonly day: PlainDay }
	| {
			readonly camera: PlainCamera;
			readonly at: Millis;
			readonly speed: number;
			readonly encoding: "JPEG" | "H264" | undefined;
	  };

/** Makes the part of the timeline page that works without script: lists days and plays them. Times are in UTC. */
export function plainTimeline(view: PlainView): string {
	return `<section><p class="hint">${escapeHtml(plain.hint)}</p>${sectionOf(view)}</section>`;
}

function sectionOf(view: PlainView): string {
	if ("cameras" in view) return list(view.cameras.map(({ key, title }) => [`camera=${key}`, title]));
	const { camera } = view;
	const back = `<p class="row">${link("", plain.back)} ${link(`camera=${camera.key}`, plain.allDays)}</p>`;
	if ("days" in view) {
		const days = view.days.map((day) => [`camera=${camera.key}&day=${dateOf(day)}`, dateOf(day)] as const);
		return heading(plain.days(camera.title)) + back + (days.length === 0 ? nothing() : list(days));
	}
	return back + ("day" in view ? dayOf(camera, view.day) : playing(view));
}

/** The hours of a day in which anything is recorded, as links, and below them what is recorded and why not. */
function dayOf({ key, title }: PlainCamera, { start, stretches }: PlainDay): string {
	if (stretches.length === 0) return heading(`${title}, ${dateOf(start)}`) + nothing();
	const hours: (readonly [string, string])[] = [];
	for (let hour = start; hour < start + 24 * HOUR; hour += HOUR) {
		const stretch = stretches.find(({ from, to }) => from < hour + HOUR && to > hour);
		if (stretch !== undefined)
			hours.push([`camera=${key}&at=${Math.max(hour, stretch.from)}`, timeOf(hour).slice(0, 5)]);
	}
	const lines = stretches.map(({ from, to, gap }) => {
		const why = gap === undefined ? "" : `. ${gaps[gap]}`;
		return `<li>${link(`camera=${key}&at=${from}`, `${timeOf(from)} – ${timeOf(to)}`)} ${escapeHtml(plain.recorded + why)}.</li>`;
	});
	return `${heading(`${title}, ${dateOf(start)}`)}<p class="row">${hours.map(([query, text]) => link(query, text)).join(" ")}</p><ul>${lines.join("")}</ul>`;
}

function playing(view: Extract<PlainView, { at: Millis }>): string {
	const { camera, at, speed, encoding } = view;
	const base = `/recordings/${camera.key}/`;
	const span = `from=${at}&to=${at + PLAYED}`;
	const alt = escapeHtml(plain.playing(camera.title, `${dateOf(at)} ${timeOf(at)}`));
	const shown =
		encoding === undefined
			? nothing()
			: encoding === "JPEG"
				? `<img src="${base}video.mjpeg?${escapeHtml(`${span}&speed=${speed}`)}" alt="${alt}" width="640" height="480">`
				: `<video controls src="${base}video.mp4?${escapeHtml(span)}"></video>`;
	const self = `camera=${camera.key}&at=`;
	const links = [
		link(`${self}${at - PLAYED}&speed=${speed}`, plain.earlier),
		link(`${self}${at + PLAYED}&speed=${speed}`, plain.later),
		speed > 1 ? link(`${self}${at}`, plain.slower) : link(`${self}${at}&speed=16`, plain.faster(16)),
		link(`camera=${camera.key}&day=${dateOf(at)}`, dateOf(at)),
		`<a href="${base}export.mkv?${escapeHtml(span)}">${escapeHtml(plain.download)}</a>`,
	];
	return `<figure>${shown}<figcaption>${alt}</figcaption></figure><p class="row">${links.join(" ")}</p>`;
}

function list(links: readonly (readonly [query: string, text: string])[]): string {
	return `<ul>${links.map(([query, text]) => `<li>${link(query, text)}</li>`).join("")}</ul>`;
}

function link(query: string, text: string): string {
	return `<a href="/timeline${query === "" ? "" : `?${escapeHtml(query)}`}">${escapeHtml(text)}</a>`;
}

function heading(text: string): string {
	return `<h2>${escapeHtml(text)}</h2>`;
}

function nothing(): string {
	return `<p>${escapeHtml(plain.nothing)}</p>`;
}

function dateOf(utc: Millis): string {
	return new Date(utc).toISOString().slice(0, 10);
}

function timeOf(utc: Millis): string {
	return new Date(utc).toISOString().slice(11, 19);
}
