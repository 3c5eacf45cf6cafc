import { parseDigits } from "../base/digits";
import { isRelayName } from "../base/relay-name";
import { latin1, utf8Encode } from "../base/text";
import type { Octets } from "../core/time";
import type { MeteringRecord } from "./metering-record";
import { readRecord } from "./record-json";

/** One line of the outbox. */
export type OutboxLine =
	/** A record that waits for delivery. */
	| OutboxRecord
	/** The state of a session that lasts: what becomes a record if the program ends without notice. */
	| (Omit<OutboxRecord, "kind"> & { readonly kind: "checkpoint" })
	/** Records that were delivered. */
	| { readonly kind: "delivered"; readonly numbers: readonly number[] };

interface OutboxRecord {
	readonly kind: "record";
	/** Counts the records of the file from 1; 0: a checkpoint. */
	readonly number: number;
	/** Whom it goes to. @see RelayOrigin.name */
	readonly origin: string;
	readonly record: MeteringRecord;
	/** The record's octets. */
	readonly json: Uint8Array;
}

/** The longest line, in octets, with its line feed. */
export const OUTBOX_LINE_MAX: Octets = 4096;
/** The most numbers in a line of deliveries. */
export const DELIVERED_MAX = 64;

const LINE_FEED = 10;
const SPACE = 32;
const SUM_DIGITS = 8;
const NUMBER_DIGITS = 15;
/** The longest text before the JSON: letter, number, origin. */
const HEAD_MAX = 64;

/**
 * Builds the line of a record, `SUM r NUMBER ORIGIN JSON`, or of a checkpoint, `SUM c 0 ORIGIN JSON`.
 *
 * SUM is a checksum of what follows it, so that a line that a power cut left torn, or that holds other data, is recognised.
 * @param number 0: a checkpoint
 * @see parseOutboxLine
 */
export function buildRecordLine(number: number, origin: string, json: Uint8Array): Uint8Array {
	return sealed(utf8Encode(`${number === 0 ? "c" : "r"} ${number} ${origin} `), json);
}

/** Builds the line that says which records were delivered: `SUM d NUMBER NUMBER …`. @param numbers at most {@link DELIVERED_MAX} */
export function buildDeliveredLine(numbers: readonly number[]): Uint8Array {
	return sealed(utf8Encode(`d ${numbers.join(" ")}`), NOTHING);
}

/**
 * Parses the line `bytes[start, end)`, without its line feed.
 * @returns `undefined` for anything that the functions above do not build: torn, changed, of another version
 */
export function parseOutboxLine(bytes: Uint8Array, start: Octets, end: Octets): OutboxLine | undefined {
	const body = start + SUM_DIGITS + 1;
	if (body + 2 >= end || end - start >= OUTBOX_LINE_MAX || bytes[body - 1] !== SPACE) return undefined;
	if (latin1(bytes, start, body - 1) !== sumOf(bytes, body, end)) return undefined;
	const kind = bytes[body];
	if (bytes[body + 1] !== SPACE) return undefined;
	if (kind === DELIVERED) {
		const numbers: number[] = [];
		for (const word of latin1(bytes, body + 2, end).split(" ")) {
			const number = parseDigits(word, NUMBER_DIGITS);
			if (number === undefined || numbers.push(number) > DELIVERED_MAX) return undefined;
		}
		return { kind: "delivered", numbers };
	}
	if (kind !== RECORD && kind !== CHECKPOINT) return undefined;
	const [numberText, origin] = latin1(bytes, body + 2, Math.min(end, body + HEAD_MAX)).split(" ", 2);
	const json = body + 2 + numberText.length + 1 + (origin?.length ?? 0) + 1;
	const number = parseDigits(numberText, NUMBER_DIGITS);
	if (number === undefined || origin === undefined || !isRelayName(origin) || (number === 0) !== (kind === CHECKPOINT))
		return undefined;
	const record = readRecord(bytes, json, end);
	if (record === undefined) return undefined;
	const rest = { number, origin, record, json: bytes.slice(json, end) };
	return kind === RECORD ? { kind: "record", ...rest } : { kind: "checkpoint", ...rest };
}

const RECORD = 114;
const CHECKPOINT = 99;
const DELIVERED = 100;
const NOTHING = new Uint8Array(0);

/** Joins a head and a body to a line with its checksum in front and a line feed at the end. */
function sealed(head: Uint8Array, body: Uint8Array): Uint8Array {
	const start = SUM_DIGITS + 1;
	const line = new Uint8Array(start + head.length + body.length + 1);
	line.set(head, start);
	line.set(body, start + head.length);
	const sum = sumOf(line, start, line.length - 1);
	for (let i = 0; i < SUM_DIGITS; i++) line[i] = sum.charCodeAt(i);
	line[SUM_DIGITS] = SPACE;
	line[line.length - 1] = LINE_FEED;
	return line;
}

/** FNV-1a of 32 bits, as hexadecimal digits. @see draft-eastlake-fnv */
function sumOf(bytes: Uint8Array, start: Octets, end: Octets): string {
	let sum = 0x811c9dc5;
	for (let i = start; i < end; i++) sum = Math.imul(sum ^ bytes[i], 0x01000193);
	return (sum >>> 0).toString(16).padStart(SUM_DIGITS, "0");
}
