import { latin1, utf8Decode, utf8Encode } from "../base/text";
import type { Octets } from "../core/time";
import type { RedeemedTicket } from "./ledger";
import type { MeteringRecord } from "./metering-record";
import { readRecord, recordJson } from "./record-json";

/** What one line of a ledger's file says: a session was metered, or a ticket was used. */
export type LedgerLine = { readonly record: MeteringRecord } | { readonly ticket: RedeemedTicket };

/** The longest line, in octets, with its line feed. */
export const LEDGER_LINE_MAX: Octets = 4096;

const LINE_FEED = 10;
const SPACE = 32;
const SUM_DIGITS = 8;
/** The most characters of each text of a ticket. */
const TEXT_MAX = 256;

/** Writes the line of a record: `SUM {…}`. SUM is a checksum of what follows it. @see parseLedgerLine */
export function buildRecordLine(record: MeteringRecord): Uint8Array {
	return lineOf(recordJson(record));
}

/**
 * Writes the line of a ticket: `SUM ["ticket","relay","viewer","content",1790000000000,"upstream"]`.
 * @returns `undefined` for one that is not valid, such as one with very long text
 */
export function buildTicketLine(ticket: RedeemedTicket): Uint8Array | undefined {
	const values = [ticket.ticket, ticket.relay, ticket.viewer, ticket.content, ticket.at, ticket.witness];
	const body = utf8Encode(JSON.stringify(values));
	return ticketOf(body, 0, body.length) === undefined ? undefined : lineOf(body);
}

/**
 * Parses the line `bytes[start, end)`, without its line feed.
 * @returns `undefined` for anything that was not written here: torn, changed, of another version
 */
export function parseLedgerLine(bytes: Uint8Array, start: Octets, end: Octets): LedgerLine | undefined {
	const body = start + SUM_DIGITS + 1;
	if (body >= end || end - start >= LEDGER_LINE_MAX || bytes[body - 1] !== SPACE) return undefined;
	if (latin1(bytes, start, body - 1) !== sumOf(bytes, body, end)) return undefined;
	if (bytes[body] === OBJECT) {
		const record = readRecord(bytes, body, end);
		return record && { record };
	}
	const ticket = ticketOf(bytes, body, end);
	return ticket && { ticket };
}

const LIST = 91;
const OBJECT = 123;

function lineOf(body: Uint8Array): Uint8Array {
	const line = new Uint8Array(SUM_DIGITS + 1 + body.length + 1);
	const sum = sumOf(body, 0, body.length);
	for (let i = 0; i < SUM_DIGITS; i++) line[i] = sum.charCodeAt(i);
	line[SUM_DIGITS] = SPACE;
	line.set(body, SUM_DIGITS + 1);
	line[line.length - 1] = LINE_FEED;
	return line;
}

/** Our own file: nobody else chooses names of properties in it, and lists of scalars have none. */
function ticketOf(bytes: Uint8Array, start: Octets, end: Octets): RedeemedTicket | undefined {
	for (let i = start; i < end; i++) if (bytes[i] === OBJECT) return undefined;
	if (bytes[start] !== LIST || end - start > LEDGER_LINE_MAX - SUM_DIGITS - 2) return undefined;
	let values: unknown;
	try {
		values = JSON.parse(utf8Decode(bytes, start, end));
	} catch {
		return undefined;
	}
	if (!Array.isArray(values) || values.length !== 6) return undefined;
	const [ticket, relay, viewer, content, at, witness] = values as unknown[];
	if (!isText(ticket) || !isText(relay) || !isText(viewer) || !isText(content)) return undefined;
	if (typeof at !== "number" || !(at >= 0 && at % 1 === 0)) return undefined;
	if (witness !== "upstream" && witness !== "page" && witness !== "redirect") return undefined;
	return { ticket, relay, viewer, content, at, witness };
}

function isText(value: unknown): value is string {
	return typeof value === "string" && value.length <= TEXT_MAX;
}

/** FNV-1a of 32 bits, in hexadecimal digits. @see draft-eastlake-fnv */
function sumOf(bytes: Uint8Array, start: Octets, end: Octets): string {
	let sum = 0x811c9dc5;
	for (let i = start; i < end; i++) sum = Math.imul(sum ^ bytes[i], 0x01000193);
	return (sum >>> 0).toString(16).padStart(SUM_DIGITS, "0");
}
