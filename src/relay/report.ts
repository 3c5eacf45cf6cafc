import { isHex, toHex } from "../base/hex";
import { isRelayName } from "../base/relay-name";
import { equalInConstantTime, HmacSha256, SHA256_OCTETS } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Octets } from "../core/time";
import type { MeteringRecord } from "./metering-record";
import { readRecords } from "./record-json";

/**
 * The field of a request with a report, `Porthole-Report: relay=NAME, signature=HEX`, and of the answer that all its records are
 * stored: `Porthole-Report: receipt=HEX`. Without the receipt a machine on the path could answer in the origin's place, and the
 * records would be lost.
 */
export const REPORT_FIELD = "Porthole-Report";
/** Where an origin takes reports over HTTP, by POST. Over RTSP it takes them by SET_PARAMETER. */
export const REPORT_PATH = "/api/v1/metering";
/** The type of a report's body. */
export const REPORT_TYPE = "application/json";
/** The longest body of a report: what an RTSP server of this program accepts. */
export const REPORT_OCTETS_MAX: Octets = 16384;
/** The most records of a report. */
export const REPORT_RECORDS_MAX = 32;
/** The longest value of the field. */
const FIELD_MAX = 160;

/** What the field {@link REPORT_FIELD} says. */
export interface ReportField {
	readonly relay: string;
	/** HMAC-SHA-256 over the octets of the body: 64 hexadecimal digits. */
	readonly signature: string;
}

/** Parses the value of the field {@link REPORT_FIELD}. @returns `undefined` for anything else than relay and signature, in this order */
export function parseReportField(value: string): ReportField | undefined {
	if (value.length > FIELD_MAX || !value.startsWith("relay=")) return undefined;
	const comma = value.indexOf(",");
	const relay = value.slice(6, comma);
	const rest = comma < 0 ? "" : value.slice(comma + 1).trim();
	if (!isRelayName(relay) || !rest.startsWith("signature=")) return undefined;
	const signature = rest.slice(10);
	return isHex(signature, 2 * SHA256_OCTETS) ? { relay, signature } : undefined;
}

/**
 * Signs the reports of one relay, and checks them.
 *
 * The key is derived from the one that relay and origin share, so that a signature is good for nothing else.
 * @see RFC 2104
 */
export class ReportSeal {
	private readonly hmac: HmacSha256;

	/** @param relay the relay's name @param key that it shares with the origin. @see RelayOrigin.key */
	constructor(
		private readonly relay: string,
		key: Uint8Array,
	) {
		this.hmac = new HmacSha256(new HmacSha256(key).sign(utf8Encode("porthole relay reports")).slice());
	}

	/** Returns the value of the field {@link REPORT_FIELD} for a body. */
	sign(body: Uint8Array): string {
		return `relay=${this.relay}, signature=${toHex(this.hmac.sign(body))}`;
	}

	/** Tells in constant time whether a signature is that of this body. */
	check(body: Uint8Array, { relay, signature }: ReportField): boolean {
		return relay === this.relay && isSame(signature, toHex(this.hmac.sign(body)));
	}

	/** Returns the value of the field {@link REPORT_FIELD} in the answer 200. @param signature that of the report */
	receipt(signature: string): string {
		// No body of a report begins like this.
		return `receipt=${toHex(this.hmac.sign(utf8Encode(`stored ${signature}`)))}`;
	}

	/** Tells in constant time whether an answer has the receipt of a report. @param field of the report @param answer the value of the answer's field */
	isReceipt(field: string, answer: string): boolean {
		const said = parseReportField(field);
		return said !== undefined && isSame(answer.trim(), this.receipt(said.signature));
	}
}

function isSame(given: string, wanted: string): boolean {
	const octets = utf8Encode(given.length === wanted.length ? given : "");
	return octets.length === wanted.length && equalInConstantTime(octets, 0, utf8Encode(wanted), 0, octets.length);
}

/** Joins the JSON objects of records to the body of a report: an array. @see recordJson */
export function joinReport(records: readonly Uint8Array[]): Uint8Array {
	let length = 1 + Math.max(1, records.length);
	for (const record of records) length += record.length;
	const body = new Uint8Array(length);
	let at = 0;
	for (const record of records) {
		body[at] = at === 0 ? LIST : COMMA;
		body.set(record, at + 1);
		at += 1 + record.length;
	}
	body[0] = LIST;
	body[length - 1] = LIST_END;
	return body;
}

const COMMA = 44;
const LIST = 91;
const LIST_END = 93;

/** Why a report is not taken, with the status of HTTP and RTSP. */
export interface ReportFault {
	/** 400 malformed, 403 not signed by a relay of this origin, 413 too long. */
	readonly status: 400 | 403 | 413;
	readonly message: string;
}

/**
 * Reads a report that came to an origin: checks its length, its signature, then its content. Every record must be of the relay that
 * has signed.
 * @param field the value of the field {@link REPORT_FIELD}; empty: there was none
 * @param sealOf returns the seal of a relay; `undefined` if there is no such relay
 */
export function openReport(
	body: Uint8Array,
	field: string,
	sealOf: (relay: string) => ReportSeal | undefined,
): readonly MeteringRecord[] | ReportFault {
	if (body.length > REPORT_OCTETS_MAX) return { status: 413, message: "the report is too long" };
	const said = parseReportField(field);
	if (said === undefined) return { status: 400, message: `the field ${REPORT_FIELD} is missing or malformed` };
	if (sealOf(said.relay)?.check(body, said) !== true)
		return { status: 403, message: "the report is not signed with the key of a relay of this origin" };
	const records = readRecords(body, 0, body.length, REPORT_RECORDS_MAX);
	if (records === undefined) return { status: 400, message: "the report is malformed" };
	for (const { relay } of records)
		if (relay !== said.relay) return { status: 403, message: "the report has records of another relay" };
	return records;
}
