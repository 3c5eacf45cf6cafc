import { csvLine } from "../base/csv";
import type { MeteringRecord } from "./metering-record";

const RECORD_COLUMNS =
	"id,session,part,last,relay,content,protocol,framing,viewer,ticket,hops,start,end,reason,payload,total,packets,frames,drops,amount,currency";

/** The first line of records as CSV, with its line end. @see RFC 4180 */
export const RECORDS_CSV_HEAD = `${RECORD_COLUMNS}\r\n`;

/** One record as a line of CSV: times in ISO 8601, the amount in the currency itself. @see RFC 4180 */
export function recordCsv(record: MeteringRecord): string {
	const { id, session, part, isLast, relay, content, protocol, framing, viewer, ticket, hops, reason } = record;
	const { start, end, payload, total, packets, frames, drops, amount, currency } = record;
	const values = [id, session, part, isLast, relay, content, protocol, framing, viewer, ticket, hops, isoTime(start)];
	return csvLine([
		...values,
		isoTime(end),
		reason,
		payload,
		total,
		packets,
		frames,
		drops,
		currency === "" ? "" : moneyText(amount),
		currency,
	]);
}

/** Writes millionths of a currency as a decimal number: `7200` as `0.0072`; two decimals at least. */
export function moneyText(amount: number): string {
	const whole = Math.floor(amount / 1_000_000);
	let decimals = `${amount % 1_000_000}`.padStart(6, "0");
	while (decimals.length > 2 && decimals.endsWith("0")) decimals = decimals.slice(0, -1);
	return `${whole}.${decimals}`;
}

/** Writes a time as people and programs read it: `2026-11-27T12:00:00.000Z`. */
export function isoTime(utc: number): string {
	return new Date(utc).toISOString();
}
