import { parseDigits } from "../../base/digits";
import { DAY, type Millis } from "../../core/time";
import type { LedgerGroup, LedgerQuery } from "../../relay/ledger";
import { LEDGER_MESSAGES } from "../../web/ledger-messages";
import { parseUtc } from "../../wire/utc-time";

/** A query as programs and the page ask it. */
export interface LedgerRequest {
	readonly query: LedgerQuery;
	readonly by: LedgerGroup;
	readonly limit: number;
	/** Names the last record of the page before; empty: from the newest on. @see keyOfRecord */
	readonly before: string;
}

/** How many records are listed, unless another number is asked for, and at most. */
const LISTED = 100;
/** @see LedgerRequest.limit */
export const LISTED_MAX = 1000;
/** The latest time that has a day. */
const UTC_MAX: Millis = 253_402_300_799_999;
/** The longest text that is compared. */
const TEXT_MAX = 256;

/**
 * Parses a query: `from`, `to` (milliseconds since 1970, ISO 8601 in UTC, or a day such as 2026-11-27, of which `to` is the last one),
 * `viewer`, `content`, `relay`, `by`, `limit`, `before`.
 * @param value returns a parameter; `undefined`: it is absent
 * @returns what is wrong with it, as a text for people
 */
export function parseLedgerQuery(value: (name: string) => string | undefined): LedgerRequest | string {
	const { refused } = LEDGER_MESSAGES;
	const begin = value("from") || undefined;
	const end = value("to") || undefined;
	const from = begin === undefined ? undefined : (parseDay(begin) ?? parseUtc(begin));
	const lastDay = end === undefined ? undefined : parseDay(end);
	const to = end === undefined ? undefined : lastDay === undefined ? parseUtc(end) : lastDay + DAY;
	if ((begin !== undefined && from === undefined) || (end !== undefined && to === undefined)) return refused.times;
	if (from !== undefined && to !== undefined && from >= to) return refused.times;
	const by = groupNamed(value("by") || "viewer");
	if (by === undefined) return refused.by;
	const limit = parseDigits(value("limit") || `${LISTED}`, 4);
	if (limit === undefined || limit < 1 || limit > LISTED_MAX) return refused.limit(LISTED_MAX);
	const viewer = value("viewer") || undefined;
	const content = value("content") || undefined;
	const relay = value("relay") || undefined;
	const before = value("before") ?? "";
	for (const text of [viewer, content, relay, before]) if ((text?.length ?? 0) > TEXT_MAX) return refused.text;
	return {
		query: {
			...(from !== undefined && { from }),
			...(to !== undefined && { to }),
			...(viewer !== undefined && { viewer }),
			...(content !== undefined && { content }),
			...(relay !== undefined && { relay }),
		},
		by,
		limit,
		before,
	};
}

/** Returns the group of a name; `undefined`: there is no such group. */
function groupNamed(name: string): LedgerGroup | undefined {
	return name === "viewer" || name === "content" || name === "relay" || name === "day" ? name : undefined;
}

/** `2026-11-27`: when the day begins in UTC. */
function parseDay(text: string): Millis | undefined {
	const utc = text.length === 10 ? parseUtc(`${text}T00:00Z`) : undefined;
	return utc !== undefined && utc <= UTC_MAX ? utc : undefined;
}
