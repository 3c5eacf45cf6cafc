import type { Millis, Octets } from "../core/time";
import type { Fact } from "./camera-page";
import { type Notice, noticeList } from "./notices";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";
import { RELAY_MESSAGES } from "./relay-messages";
import { sizeText } from "./size-text";

/** A content as the page shows it. */
export interface RelayContentView {
	readonly key: string;
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
	readonly name: string;
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

/** Generates a relay's own page: contents with their upstreams, viewers, traffic, facts (REP-14). */
export function relayPage({ visitor, name, notices, contents, viewers, totals, facts }: RelayView): Page {
	const text = RELAY_MESSAGES;
	const sections = [section("contents", text.contents, contentList(contents))];
	if (visitor.owner) {
		sections.push(
			section("viewers", text.viewers, viewerList(viewers)),
			section("traffic", text.traffic, traffic(totals)),
			section("facts", text.facts, list(facts)),
		);
	}
	return new Page(name, [
		pageHeader(name, "/relay", visitor),
		`<main>${noticeList(notices)}<div class="sections">`,
		...sections,
		"</div></main>",
	]);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

function list(facts: readonly Fact[]): string {
	return `<dl>${facts.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl>`;
}

function contentList(contents: readonly RelayContentView[]): string {
	const text = RELAY_MESSAGES;
	if (contents.length === 0) return `<p class="hint">${escapeHtml(text.noContents)}</p>`;
	const items = contents.map(({ key, protocol, url, state, viewers, hops }) => {
		const health = state === undefined || state === "open" ? "ok" : state === "broken" ? "no-pictures" : "unreachable";
		const facts: Fact[] = [
			[text.protocol, protocol],
			[text.viewers, `${viewers}`],
		];
		if (hops > 0) facts.push([text.hops, `${hops}`]);
		const link = `<a class="address" href="${escapeHtml(url)}">${escapeHtml(key)}</a>`;
		const now = state === undefined ? text.notWatched : text.states[state];
		return `<li><h3>${link}</h3><p class="health" data-health="${health}">${escapeHtml(now)}</p>${list(facts)}</li>`;
	});
	return `<ul>${items.join("")}</ul>`;
}

function viewerList(viewers: readonly RelayViewerView[]): string {
	const text = RELAY_MESSAGES;
	if (viewers.length === 0) return `<p class="hint">${escapeHtml(text.noViewers)}</p>`;
	const items = viewers.map(({ content, viewer, address, protocol, time, octets, frames, drops }) => {
		const facts: Fact[] = [
			[text.content, content],
			[text.address, address],
			[text.protocol, protocol],
			[text.time, duration(time)],
			[text.sent, sizeText(octets)],
			[text.frames, `${frames}`],
			[text.drops, `${drops}`],
		];
		return `<li><h3>${escapeHtml(viewer === "" ? text.unknown : viewer)}</h3>${list(facts)}</li>`;
	});
	return `<ul>${items.join("")}</ul>`;
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
