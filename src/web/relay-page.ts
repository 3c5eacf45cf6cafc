import type { Millis, Octets } from "../core/time";
import type { Fact } from "./camera-page";
import { dataTable, numberCell, textCell } from "./data-table";
import { escapeHtml } from "./escape-html";
import { type Notice, noticeList } from "./notices";
import { ownPictures, Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { RELAY_MESSAGES } from "./relay-messages";
import { sizeText } from "./size-text";

/** A content as the page shows it. */
export interface RelayContentView {
	readonly key: string;
	/** The camera's name, or the key. */
	readonly title: string;
	readonly protocol: "rtsp" | "http";
	/** Where a viewer can watch it. */
	readonly url: string;
	/** `undefined`: nobody watches it. */
	readonly state: keyof typeof RELAY_MESSAGES.states | undefined;
	readonly viewers: number;
	/** Relays between the origin and this one. */
	readonly hops: number;
}

/** A viewer as the page shows it; only owners see them. */
export interface RelayViewerView {
	readonly content: string;
	readonly viewer: string;
	readonly address: string;
	/** `http`, `rtsp over tcp`. */
	readonly protocol: string;
	readonly time: Millis;
	readonly octets: Octets;
	readonly frames: number;
	readonly drops: number;
}

/** What a relay's own page shows. */
export interface RelayView {
	readonly visitor: Visitor;
	readonly notices: readonly Notice[];
	readonly contents: readonly RelayContentView[];
	readonly viewers: readonly RelayViewerView[];
	readonly totals: {
		readonly sessions: number;
		readonly payload: Octets;
		readonly total: Octets;
		readonly frames: number;
		readonly drops: number;
	};
	/** Facts about the relay; only owners see them. */
	readonly facts: readonly Fact[];
}

/** The path of the style of the page, besides the common one. */
export const RELAY_STYLE_PATH = "/relay.css";
/** @see RELAY_STYLE_PATH */
export const RELAY_STYLE = `td .health{margin:0}td{white-space:nowrap}td .hint{font-size:.875rem}
`;
const OWN = ownPictures([RELAY_STYLE_PATH]);

/** Generates a relay's own page: contents with their upstreams, viewers, traffic, facts (REP-14). */
export function relayPage({ visitor, notices, contents, viewers, totals, facts }: RelayView): Page {
	const text = RELAY_MESSAGES;
	const sections = [section("contents", text.contents, contentTable(contents, visitor.owner))];
	if (visitor.owner) {
		sections.push(
			section("viewers", text.viewers, viewerTable(viewers)),
			section("traffic", text.traffic, traffic(totals)),
			section("facts", text.facts, list(facts)),
		);
	}
	return new Page(
		pageTitle(text.name, visitor),
		[pageHeader(text.name, "/relay", visitor), `<main>${noticeList(notices)}`, ...sections, "</main>"],
		OWN,
	);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

function list(facts: readonly Fact[]): string {
	return `<dl>${facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl>`;
}

/** The contents, those first that are watched. */
function contentTable(contents: readonly RelayContentView[], isOwner: boolean): string {
	const text = RELAY_MESSAGES;
	if (contents.length === 0) return hint(isOwner ? text.noContents : text.noContentsViewer);
	const sorted = contents
		.filter(({ state }) => state !== undefined)
		.concat(contents.filter(({ state }) => state === undefined));
	const rows = sorted.map(({ key, title, protocol, url, state, viewers, hops }) => {
		const health =
			state === undefined ? "" : state === "open" ? "ok" : state === "broken" ? "no-pictures" : "unreachable";
		const now = escapeHtml(state === undefined ? text.notWatched : text.states[state]);
		const link = `<a class="address" href="${escapeHtml(url)}">${escapeHtml(title)}</a>`;
		const path = title === key ? "" : `<div class="hint">${escapeHtml(key)}</div>`;
		return (
			textCell(link + path, true) +
			textCell(health === "" ? now : `<p class="health" data-health="${health}">${now}</p>`, true) +
			textCell(protocol) +
			numberCell(`${viewers}`) +
			numberCell(hops === 0 ? "" : `${hops}`)
		);
	});
	const heads = [text.content, text.upstream, text.protocol, text.viewers, text.hops];
	return dataTable(heads, 3, rows);
}

function viewerTable(viewers: readonly RelayViewerView[]): string {
	const text = RELAY_MESSAGES;
	if (viewers.length === 0) return hint(text.noViewers);
	const rows = viewers.map(
		({ content, viewer, address, protocol, time, octets, frames, drops }) =>
			textCell(viewer === "" ? text.unknown : viewer) +
			textCell(content) +
			textCell(address) +
			textCell(protocol) +
			numberCell(duration(time)) +
			numberCell(sizeText(octets)) +
			numberCell(`${frames}`) +
			numberCell(`${drops}`),
	);
	const heads = [text.viewer, text.content, text.address, text.protocol, text.time, text.sent, text.frames, text.drops];
	return dataTable(heads, 4, rows);
}

function hint(text: string): string {
	return `<p class="hint">${escapeHtml(text)}</p>`;
}

function traffic({ sessions, payload, total, frames, drops }: RelayView["totals"]): string {
	const text = RELAY_MESSAGES;
	return list([
		[text.sessions, `${sessions}`],
		[text.payload, sizeText(payload)],
		[text.total, sizeText(total)],
		[text.frames, `${frames}`],
		[text.drops, `${drops}`],
	]);
}

function duration(time: Millis): string {
	const minutes = Math.floor(time / 60_000);
	if (minutes < 2) return RELAY_MESSAGES.seconds(Math.floor(time / 1000));
	if (minutes < 120) return RELAY_MESSAGES.minutes(minutes);
	return RELAY_MESSAGES.hours(Math.floor(minutes / 60), minutes % 60);
}
