import { parseDigits } from "../../base/digits";
import { latin1, utf8Decode, utf8Encode } from "../../base/text";
import type { Octets } from "../../core/time";
import type { EventKind } from "../recorded-event";
import type { Utc } from "../recording";
import { eventLabel } from "./event-label";

/** One line of a log of events: an event began, or it ended. */
export type EventRecord =
	| {
			readonly type: "begin";
			readonly id: number;
			readonly utc: Utc;
			readonly kind: EventKind;
			readonly label: string;
	  }
	| { readonly type: "end"; readonly id: number; readonly utc: Utc; readonly still: Utc; readonly score: number };

/** The longest line, in octets, with its line feed. */
export const EVENT_RECORD_MAX: Octets = 320;

const LINE_FEED = 10;
const SPACE = 32;
const SUM_DIGITS = 8;
/** Milliseconds since 1970 have 13 digits until the year 2286. */
const UTC_DIGITS = 15;

/**
 * Writes one line of a log of events: `SUM begin ID UTC KIND LABEL` or `SUM end ID UTC STILL SCORE`, in UTF-8.
 *
 * SUM is a checksum of what follows it, so that a line that a power cut left torn, or that holds other data, is recognised.
 * @see parseEventRecord
 */
export function buildEventRecord(record: EventRecord): Uint8Array {
	const { type, id, utc } = record;
	const rest = type === "begin" ? `${record.kind} ${eventLabel(record.label)}` : `${record.still} ${record.score}`;
	const body = utf8Encode(`${type} ${id} ${utc} ${rest}`);
	const line = new Uint8Array(SUM_DIGITS + 1 + body.length + 1);
	const sum = sumOf(body, 0, body.length).toString(16).padStart(SUM_DIGITS, "0");
	for (let i = 0; i < SUM_DIGITS; i++) line[i] = sum.charCodeAt(i);
	line[SUM_DIGITS] = SPACE;
	line.set(body, SUM_DIGITS + 1);
	line[line.length - 1] = LINE_FEED;
	return line;
}

/**
 * Parses the line `bytes[start, end)`, without its line feed.
 * @returns `undefined` for anything that {@link buildEventRecord} does not write: torn, changed, of another version
 */
export function parseEventRecord(bytes: Uint8Array, start: Octets, end: Octets): EventRecord | undefined {
	const body = start + SUM_DIGITS + 1;
	if (body >= end || end - start >= EVENT_RECORD_MAX || bytes[body - 1] !== SPACE) return undefined;
	const sum = sumOf(bytes, body, end).toString(16).padStart(SUM_DIGITS, "0");
	if (latin1(bytes, start, body - 1) !== sum) return undefined;
	const text = utf8Decode(bytes, body, end);
	const words: string[] = [];
	let at = 0;
	for (let i = 0; i < 4; i++) {
		const space = text.indexOf(" ", at);
		if (space < 0) return undefined;
		words.push(text.slice(at, space));
		at = space + 1;
	}
	return recordOf(words, text.slice(at));
}

function recordOf([type, idText, utcText, fourth]: readonly string[], rest: string): EventRecord | undefined {
	const id = parseDigits(idText, UTC_DIGITS);
	const utc = parseDigits(utcText, UTC_DIGITS);
	if (id === undefined || utc === undefined) return undefined;
	if (type === "begin") {
		const kind = eventKindOf(fourth);
		return kind === undefined || eventLabel(rest) !== rest ? undefined : { type, id, utc, kind, label: rest };
	}
	const still = parseDigits(fourth, UTC_DIGITS);
	const score = parseDigits(rest, 3);
	if (type !== "end" || still === undefined || score === undefined || score > 100) return undefined;
	return { type, id, utc, still, score };
}

/** Returns the kind of an event that a word names. */
function eventKindOf(word: string): EventKind | undefined {
	return word === "motion" || word === "switch" || word === "call" ? word : undefined;
}

/** FNV-1a of 32 bits. @see draft-eastlake-fnv */
function sumOf(bytes: Uint8Array, start: Octets, end: Octets): number {
	let sum = 0x811c9dc5;
	for (let i = start; i < end; i++) sum = Math.imul(sum ^ bytes[i], 0x01000193);
	return sum >>> 0;
}
