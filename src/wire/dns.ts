import { formatIp } from "../core/ip-address";
import type { Octets, Seconds } from "../core/time";

/** Types of records in queries. @see RFC 1035 §3.2.2, RFC 3596 §2.1, RFC 2782 */
export const DNS_A = 1;
/** @see DNS_A */
export const DNS_AAAA = 28;
/** @see DNS_A */
export const DNS_SRV = 33;
const DNS_CNAME = 5;
const DNS_OPT = 41;
const CLASS_IN = 1;

/** The name does not exist. @see RFC 1035 §4.1.1 */
export const DNS_NAME_ERROR = 3;
/** The largest answer that a server may send by UDP; it crosses any network unfragmented. @see RFC 6891 §6.2.5 */
const DNS_ANSWER_MAX: Octets = 1232;
/** The room that a query takes at most: header, name, type, class, and the OPT record. */
export const DNS_QUERY_MAX: Octets = 12 + 255 + 4 + 11;

const HEADER: Octets = 12;
/** The most records of an answer that are read. */
const RECORDS_LOOKED_AT = 64;
/** The most aliases that are followed. */
const ALIASES_MAX = 8;
/** The most pointers in one name. */
const POINTERS_MAX = 16;

/** A record of an answer: an address for A and AAAA, the other fields for SRV. */
export interface DnsRecord {
	readonly ttl: Seconds;
	readonly address: string;
	readonly target: string;
	readonly port: number;
	readonly priority: number;
	readonly weight: number;
}

/** The answer of a server. */
export interface DnsAnswer {
	/** 0: no error. @see RFC 1035 §4.1.1 */
	readonly code: number;
	/** The answer was longer than a datagram; the records are those that fit. */
	readonly truncated: boolean;
	readonly records: readonly DnsRecord[];
}

/**
 * Writes a query for one name: recursion desired, larger answers welcome (EDNS).
 * @param name labels of at most 63 characters, 253 in all, as `isHostName` checks; a dot at the end is left out
 * @param into has {@link DNS_QUERY_MAX} octets of room
 * @returns the query's length
 * @see RFC 1035 §4.1, RFC 6891 §6.1.2
 */
export function encodeDnsQuery(id: number, name: string, type: number, into: Uint8Array): Octets {
	into.fill(0);
	into[0] = id >> 8;
	into[1] = id & 255;
	// Recursion desired; one question, one additional record.
	into[2] = 1;
	into[5] = 1;
	into[11] = 1;
	let at = HEADER;
	let length = at++;
	const end = name.endsWith(".") ? name.length - 1 : name.length;
	for (let i = 0; i < end; i++) {
		const code = name.charCodeAt(i);
		if (code === 0x2e) {
			into[length] = at - length - 1;
			length = at++;
		} else into[at++] = code;
	}
	into[length] = at - length - 1;
	at++;
	into[at + 1] = type;
	into[at + 3] = CLASS_IN;
	at += 4;
	// The OPT record: no name, the largest answer in place of a class.
	into[at + 2] = DNS_OPT;
	into[at + 3] = DNS_ANSWER_MAX >> 8;
	into[at + 4] = DNS_ANSWER_MAX & 255;
	return at + 11;
}

/** Returns whether a datagram is an answer with this identifier; others belong to other queries or are forged. */
export function isDnsAnswer(bytes: Uint8Array, id: number): boolean {
	return bytes.length >= HEADER && word(bytes, 0) === id && (bytes[2] & 0xf8) === 0x80;
}

/**
 * Parses an answer to {@link encodeDnsQuery}. Aliases (CNAME) are followed within the answer.
 * @returns `undefined` when it is malformed, or answers another question
 */
export function parseDnsAnswer(bytes: Uint8Array, name: string, type: number): DnsAnswer | undefined {
	if (bytes.length < HEADER || word(bytes, 4) !== 1) return undefined;
	const asked = withoutDot(name).toLowerCase();
	const question = readName(bytes, HEADER);
	if (question === undefined || question.name !== asked || question.next + 4 > bytes.length) return undefined;
	if (word(bytes, question.next) !== type || word(bytes, question.next + 2) !== CLASS_IN) return undefined;
	const found = readRecords(bytes, question.next + 4, Math.min(RECORDS_LOOKED_AT, word(bytes, 6)));
	if (found === undefined) return undefined;
	const owner = followAliases(bytes, found, asked);
	const records: DnsRecord[] = [];
	for (const entry of found) {
		if (entry.type !== type || entry.owner !== owner) continue;
		const record = readRecord(bytes, entry);
		if (record === undefined) return undefined;
		records.push(record);
	}
	return { code: bytes[3] & 15, truncated: (bytes[2] & 2) !== 0, records };
}

/** Where a record lies in an answer. */
interface Entry {
	readonly owner: string;
	readonly type: number;
	readonly ttl: Seconds;
	readonly start: number;
	readonly end: number;
}

function readRecords(bytes: Uint8Array, from: number, count: number): Entry[] | undefined {
	const found: Entry[] = [];
	let at = from;
	for (let i = 0; i < count; i++) {
		const owner = readName(bytes, at);
		if (owner === undefined || owner.next + 10 > bytes.length) return undefined;
		const start = owner.next + 10;
		const end = start + word(bytes, owner.next + 8);
		if (end > bytes.length) return undefined;
		at = end;
		if (word(bytes, owner.next + 2) !== CLASS_IN) continue;
		// A time to live with its first bit set means zero. @see RFC 2181 §8
		const ttl = word(bytes, owner.next + 4) * 65536 + word(bytes, owner.next + 6);
		found.push({ owner: owner.name, type: word(bytes, owner.next), ttl: ttl >= 2 ** 31 ? 0 : ttl, start, end });
	}
	return found;
}

function followAliases(bytes: Uint8Array, found: readonly Entry[], asked: string): string {
	let owner = asked;
	for (let i = 0; i < ALIASES_MAX; i++) {
		const from = owner;
		const alias = found.find((entry) => entry.type === DNS_CNAME && entry.owner === from);
		const target = alias && readName(bytes, alias.start);
		if (target === undefined) return owner;
		owner = target.name;
	}
	return owner;
}

function readRecord(bytes: Uint8Array, { type, ttl, start, end }: Entry): DnsRecord | undefined {
	if (type === DNS_SRV) {
		const target = start + 6 < end ? readName(bytes, start + 6) : undefined;
		if (target === undefined || target.next !== end) return undefined;
		const [priority, weight, port] = [word(bytes, start), word(bytes, start + 2), word(bytes, start + 4)];
		return { ttl, address: "", target: target.name, port, priority, weight };
	}
	if (end - start !== (type === DNS_A ? 4 : 16)) return undefined;
	return { ttl, address: formatIp(bytes.subarray(start, end)), target: "", port: 0, priority: 0, weight: 0 };
}

/** Reads a name, in lower case and without a dot at the end, and the offset behind it. @see RFC 1035 §4.1.4 */
function readName(bytes: Uint8Array, from: number): { readonly name: string; readonly next: number } | undefined {
	const characters: number[] = [];
	let at = from;
	let next = -1;
	for (let pointers = 0; ; ) {
		const length = bytes[at];
		if (length === undefined) return undefined;
		if (length === 0) break;
		if (length >= 0xc0) {
			const target = word(bytes, at) & 0x3fff;
			if (at + 1 >= bytes.length || ++pointers > POINTERS_MAX) return undefined;
			if (next < 0) next = at + 2;
			// Only backwards, so that the loop ends.
			if (target >= at) return undefined;
			at = target;
			continue;
		}
		if (length > 63 || at + length >= bytes.length) return undefined;
		if (characters.length > 0) characters.push(0x2e);
		for (let i = at + 1; i <= at + length; i++) characters.push(lower(bytes[i]));
		if (characters.length > 253) return undefined;
		at += length + 1;
	}
	return { name: String.fromCharCode(...characters), next: next < 0 ? at + 1 : next };
}

function lower(code: number): number {
	return code >= 0x41 && code <= 0x5a ? code + 32 : code;
}

function withoutDot(name: string): string {
	return name.endsWith(".") ? name.slice(0, -1) : name;
}

function word(bytes: Uint8Array, at: number): number {
	return (bytes[at] << 8) | bytes[at + 1];
}
