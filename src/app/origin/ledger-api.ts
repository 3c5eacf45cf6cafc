import type { ApiDescription, ApiField } from "../../web/api";
import { LISTED_MAX } from "./ledger-query";

const TIME = "a day such as 2026-11-27, a time such as 2026-11-27T17:40Z, or milliseconds since 1970";

function text(name: string, about: string, example: string): ApiField {
	return Object.freeze({ name, type: "string", about, example });
}

const CHOICE: readonly ApiField[] = Object.freeze([
	text("from", `only records that ended then or later: ${TIME}`, "2026-11-01"),
	text("to", `only records that ended before, or on that day: ${TIME}`, "2026-11-30"),
	text("viewer", "only records of this viewer", "Anna"),
	text(
		"content",
		"only records of this content: a camera's identity, or what the relay's table calls it",
		"14d957c4f6f78bd3",
	),
	text("relay", "only records of this relay", "east1"),
]);

const BROKEN: ApiDescription["refusals"] = Object.freeze([[503, "the ledger can't be read"] as const]);

/** The operations of the ledger, for the OpenAPI document; {@link LedgerPart} has their routes. */
export const LEDGER_API: readonly ApiDescription[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/ledger",
		need: "owner",
		refusals: BROKEN,
		about: "Metering records of relays, the newest first; next is the value of before for older ones, or null.",
		query: Object.freeze([
			...CHOICE,
			Object.freeze({ name: "limit", type: "number", about: `how many: 1 to ${LISTED_MAX}`, example: 100 } as const),
			text("before", "only records older than the one that next named", "east1/0123456789abcdef0123456789abcdef-0"),
		]),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/ledger/sums",
		need: "owner",
		refusals: BROKEN,
		about: "Sums of metering records; time in milliseconds, amounts in millionths of each currency.",
		query: Object.freeze([text("by", "viewer, content, relay or day (UTC)", "day"), ...CHOICE]),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/ledger/records.csv",
		need: "owner",
		about: "All metering records of a choice as CSV (RFC 4180), the newest first.",
		query: CHOICE,
		type: "text/csv",
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/ledger/records.json",
		need: "owner",
		about: "All metering records of a choice as a JSON array, the newest first.",
		query: CHOICE,
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/ledger/unrecorded",
		need: "owner",
		refusals: BROKEN,
		about: "Used tickets of which no relay has reported a session within an hour.",
	}),
]);
