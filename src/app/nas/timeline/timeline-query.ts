import { DAY, type Millis } from "../../../core/time";
import type { Utc } from "../../../storage/recording";
import { TIMELINE_MESSAGES } from "../../../web/timeline-messages";
import { parseUtc } from "../../../wire/utc-time";

const { refused } = TIMELINE_MESSAGES;

/** The longest span that is looked at in one request. */
const SPAN_MAX: Millis = 400 * DAY;
/** The least and the greatest speed, forwards and backwards. */
const SPEED_MIN = 1 / 16;
const SPEED_MAX = 1000;

/** A span of time in a query. @see parseSpan */
export interface QuerySpan {
	readonly from: Utc;
	readonly to: Utc;
}

/**
 * Parses `from` and `to` of a query or a form.
 * @returns what is wrong with them, as a text for people
 */
export function parseSpan(query: ReadonlyMap<string, string>): QuerySpan | string {
	const from = parseUtc(query.get("from") ?? "");
	const to = parseUtc(query.get("to") ?? "");
	if (from === undefined || to === undefined || from >= to) return refused.times;
	return to - from > SPAN_MAX ? refused.span : { from, to };
}

/** Parses `resolution`; absent: as fine as a screen shows the span. @returns what is wrong with it */
export function parseResolution(query: ReadonlyMap<string, string>, { from, to }: QuerySpan): Millis | string {
	const text = query.get("resolution");
	if (text === undefined) return Math.round((to - from) / 2000);
	const value = Number(text);
	return text !== "" && value >= 0 && value <= SPAN_MAX ? Math.floor(value) : refused.resolution;
}

/** What is to be played, by a query: `from`, and perhaps `to` and `speed`. @returns what is wrong with it */
export function parsePlayback(query: ReadonlyMap<string, string>): (QuerySpan & { readonly speed: number }) | string {
	const from = parseUtc(query.get("from") ?? "");
	const end = query.get("to");
	const speed = Number(query.get("speed") ?? "1");
	if (!(Math.abs(speed) >= SPEED_MIN && Math.abs(speed) <= SPEED_MAX)) return refused.speed;
	const open = speed > 0 ? Infinity : -Infinity;
	const to = end === undefined ? open : parseUtc(end);
	if (from === undefined || to === undefined || (speed > 0 ? to <= from : to >= from)) return refused.times;
	return { from, to, speed };
}
