import { isHex } from "../base/hex";
import { isRelayName } from "../base/relay-name";
import { utf8Decode, utf8Encode } from "../base/text";
import type { Octets } from "../core/time";
import type { MeteringRecord } from "./metering-record";

/** The most characters of a record's content; longer text is cut off where the record is written. */
export const CONTENT_MAX = 256;
/** The same of its viewer. */
export const VIEWER_MAX = 64;
/** The same of its ticket. */
export const TICKET_MAX = 32;
/** The same of its reason. */
const REASON_MAX = 120;
/** The most characters of all of them as JSON: each one may become `\u0000`. */
const TEXT_MAX = 6 * CONTENT_MAX + 2;
/** The largest number: that of 15 digits, which every program that reads JSON keeps exactly. */
const NUMBER_MAX = 999_999_999_999_999;
/** The latest time, the end of the year 9999: beyond it programs write days in different ways, or not at all. */
const TIME_MAX = 253_402_300_799_999;
const SESSION_DIGITS = 32;
/** The most members of an object, those that are not known included. */
const MEMBERS_MAX = 40;
const NAME_MAX = 32;

/** The names of a record's members, in the order in which JSON and tables have them. */
export const RECORD_MEMBERS: readonly (keyof MeteringRecord)[] = Object.freeze([
	"id",
	"session",
	"part",
	"isLast",
	"relay",
	"content",
	"protocol",
	"framing",
	"viewer",
	"ticket",
	"hops",
	"start",
	"end",
	"reason",
	"payload",
	"total",
	"packets",
	"frames",
	"drops",
	"amount",
	"currency",
]);

/**
 * Writes a record as a JSON object without line ends. Text is cut to its limit, control characters become `?`, and numbers are
 * rounded into their range, so that {@link readRecords} accepts whatever this function has written.
 */
export function recordJson(record: MeteringRecord): Uint8Array {
	const start = Math.min(TIME_MAX, whole(record.start));
	const values: readonly (string | number | boolean)[] = [
		`${record.session}-${whole(record.part)}`,
		record.session,
		whole(record.part),
		record.isLast,
		record.relay,
		plain(record.content, CONTENT_MAX),
		record.protocol,
		record.framing,
		plain(record.viewer, VIEWER_MAX),
		plain(record.ticket, TICKET_MAX),
		whole(record.hops),
		start,
		Math.max(start, Math.min(TIME_MAX, whole(record.end))),
		plain(record.reason, REASON_MAX),
		whole(record.payload),
		whole(record.total),
		whole(record.packets),
		whole(record.frames),
		whole(record.drops),
		whole(record.amount),
		record.currency,
	];
	let text = "";
	for (let i = 0; i < RECORD_MEMBERS.length; i++)
		text += `${i === 0 ? "{" : ","}"${RECORD_MEMBERS[i]}":${JSON.stringify(values[i])}`;
	return utf8Encode(`${text}}`);
}

/**
 * Reads a JSON array of records, as {@link recordJson} writes them. Members that are not known are skipped if they are scalars; names
 * that come from elsewhere never become names of properties, which XS never frees.
 * @param most how many records there may be
 * @returns `undefined` if anything is malformed, missing or out of its range
 * @see RFC 8259
 */
export function readRecords(
	bytes: Uint8Array,
	start: Octets,
	end: Octets,
	most: number,
): readonly MeteringRecord[] | undefined {
	const reader = new RecordReader(bytes, start, end);
	const records: MeteringRecord[] = [];
	if (!reader.takes(LIST)) return undefined;
	if (!reader.takes(LIST_END)) {
		do {
			const record = records.length < most ? reader.record() : undefined;
			if (record === undefined) return undefined;
			records.push(record);
		} while (reader.takes(COMMA));
		if (!reader.takes(LIST_END)) return undefined;
	}
	return reader.isAtEnd ? records : undefined;
}

/** Reads the JSON object of one record, `bytes[start, end)`. @see readRecords */
export function readRecord(bytes: Uint8Array, start: Octets, end: Octets): MeteringRecord | undefined {
	const reader = new RecordReader(bytes, start, end);
	const record = reader.record();
	return reader.isAtEnd ? record : undefined;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const LIST = 91;
const BACKSLASH = 92;
const LIST_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;
/** The longest number or word. */
const WORD_MAX = 32;

/** Reads octets from left to right: indexing a long text takes quadratic time on XS. */
class RecordReader {
	constructor(
		private readonly bytes: Uint8Array,
		private at: number,
		private readonly end: number,
	) {}

	get isAtEnd(): boolean {
		return this.peek() < 0;
	}

	/** Takes an octet if it is the next one after white space. */
	takes(code: number): boolean {
		if (this.peek() !== code) return false;
		this.at++;
		return true;
	}

	record(): MeteringRecord | undefined {
		const values: Scalar[] = new Array<Scalar>(RECORD_MEMBERS.length).fill(undefined);
		let left = RECORD_MEMBERS.length;
		if (!this.takes(OBJECT)) return undefined;
		for (let i = 0; i === 0 || this.takes(COMMA); i++) {
			const name = this.peek() === QUOTE ? this.scalar() : undefined;
			if (typeof name !== "string" || name.length > NAME_MAX || i === MEMBERS_MAX || !this.takes(COLON))
				return undefined;
			const value = this.scalar();
			if (value === undefined) return undefined;
			const index = (RECORD_MEMBERS as readonly string[]).indexOf(name);
			if (index < 0) continue;
			// Twice the same name: programs differ in which one counts.
			if (values[index] !== undefined) return undefined;
			values[index] = value;
			left--;
		}
		return this.takes(OBJECT_END) && left === 0 ? recordOf(values) : undefined;
	}

	/** Skips white space. @returns the next octet; -1 at the end */
	private peek(): number {
		const { bytes, end } = this;
		for (; this.at < end; this.at++) {
			const code = bytes[this.at];
			if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
		}
		return -1;
	}

	/** Reads text, a boolean or `null`; a number as its characters. Scalars have no names, so the engine may parse them. */
	private scalar(): Scalar {
		const { bytes, end } = this;
		const isQuoted = this.peek() === QUOTE;
		const start = this.at;
		if (isQuoted) {
			const last = Math.min(end, start + TEXT_MAX);
			for (this.at++; this.at < last && bytes[this.at] !== QUOTE; this.at++)
				if (bytes[this.at] === BACKSLASH) this.at++;
			if (this.at >= last) return undefined;
			this.at++;
		} else {
			while (this.at < end && isOfWord(bytes[this.at])) if (this.at++ - start > WORD_MAX) return undefined;
		}
		try {
			const value: unknown = JSON.parse(utf8Decode(bytes, start, this.at));
			return value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number"
				? value
				: undefined;
		} catch {
			return undefined;
		}
	}
}

type Scalar = string | number | boolean | null | undefined;

/** Whether an octet may be part of a number or a word. */
function isOfWord(code: number): boolean {
	const lower = code | 32;
	return (lower >= 97 && lower <= 122) || (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
}

/** @param values in the order of {@link RECORD_MEMBERS} */
function recordOf(values: readonly Scalar[]): MeteringRecord | undefined {
	const [id, session, part, isLast, relay, content, protocol, framing, viewer, ticket] = values;
	const [hops, start, end, reason, payload, total, packets, frames, drops, amount, currency] = values.slice(10);
	if (typeof session !== "string" || !isHex(session, SESSION_DIGITS)) return undefined;
	if (!isWhole(part) || id !== `${session}-${part}` || typeof isLast !== "boolean") return undefined;
	if (typeof relay !== "string" || !isRelayName(relay)) return undefined;
	if (!isPlain(content, CONTENT_MAX) || !isPlain(viewer, VIEWER_MAX) || !isPlain(ticket, TICKET_MAX)) return undefined;
	if (protocol !== "rtsp" && protocol !== "http") return undefined;
	if (framing !== "udp" && framing !== "tcp") return undefined;
	if (!isWhole(hops) || !isWhole(start) || !isWhole(end) || start > end || end > TIME_MAX) return undefined;
	if (!isPlain(reason, REASON_MAX) || !isWhole(payload) || !isWhole(total)) return undefined;
	if (!isWhole(packets) || !isWhole(frames) || !isWhole(drops)) return undefined;
	if (!isWhole(amount) || !isCurrency(currency) || (currency === "" && amount !== 0)) return undefined;
	return {
		id,
		session,
		part,
		isLast,
		relay,
		content,
		protocol,
		framing,
		viewer,
		ticket,
		hops,
		start,
		end,
		reason,
		payload,
		total,
		packets,
		frames,
		drops,
		amount,
		currency,
	};
}

function isWhole(value: Scalar): value is number {
	return typeof value === "number" && value >= 0 && value <= NUMBER_MAX && value % 1 === 0;
}

function isPlain(value: Scalar, most: number): value is string {
	if (typeof value !== "string" || value.length > most) return false;
	let units = 0;
	for (let i = 0; i < value.length; i++) {
		const code = value.charCodeAt(i);
		if (isControl(code)) return false;
		units += unitsOf(code);
	}
	return units <= most;
}

/** UTF-16 units, the same on all hosts: a character of XS is not half of a surrogate pair. */
function unitsOf(code: number): number {
	return code > 0xffff ? 2 : 1;
}

/** @see ISO 4217 */
function isCurrency(value: Scalar): value is string {
	if (value === "") return true;
	if (typeof value !== "string" || value.length !== 3) return false;
	for (let i = 0; i < 3; i++) if (value.charCodeAt(i) < 65 || value.charCodeAt(i) > 90) return false;
	return true;
}

/** Control characters, and the line ends of Unicode. */
function isControl(code: number): boolean {
	return code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029;
}

function whole(value: number): number {
	// Not a number fails the comparison as well.
	return value > 0 ? Math.min(NUMBER_MAX, Math.round(value)) : 0;
}

function plain(text: string, most: number): string {
	let result = "";
	let units = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		units += unitsOf(code);
		if (units > most) break;
		// Half of a surrogate pair is not a character.
		const isHalf = (code & 0xfc00) === 0xd800 && (units === most || i + 1 === text.length);
		result += isControl(code) || isHalf ? "?" : text[i];
	}
	return result;
}
