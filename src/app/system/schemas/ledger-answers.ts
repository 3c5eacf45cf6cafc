import type { LedgerGroup, TicketWitness } from "../../../relay/ledger";
import type { RelayProtocol } from "../../../relay/relayed-content";
import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	moment,
	named,
	nullable,
	object,
	oneOf,
	text,
	tuple,
	whole,
} from "../../../web/json-schema";
import { FRAMING_SCHEMA } from "./common-schemas";

/** RTSP or HTTP. */
export const PROTOCOL_SCHEMA = named("Protocol", oneOf<RelayProtocol>({ rtsp: true, http: true }));

const COUNTERS = {
	payload: whole("octets of media"),
	total: whole("octets with everything around the media"),
	packets: whole("of RTP; 0 over HTTP"),
	frames: whole(),
	drops: whole("frames that it missed because it was slow"),
} as const;

const RECORD_SCHEMA = named(
	"MeteringRecord",
	object({
		id: text("session and part"),
		session: text("32 hexadecimal digits"),
		part: whole("0, 1, 2, … within the session"),
		isLast: flag("whether the session has ended with this record"),
		relay: text(),
		content: text(),
		protocol: PROTOCOL_SCHEMA,
		framing: FRAMING_SCHEMA,
		viewer: text("the viewer that the ticket names, the account, or empty"),
		ticket: text("its identifier; empty: none"),
		hops: whole("relays above this one"),
		start: moment("of this span"),
		end: moment("of this span"),
		reason: text("why the session ended; empty while it lasts"),
		...COUNTERS,
		amount: whole("in millionths of the currency"),
		currency: text("empty without a tariff"),
	}),
);

const SUM_SCHEMA = named(
	"LedgerSum",
	object({
		key: text("the viewer, content or relay; the day as 2026-11-27"),
		sessions: whole(),
		records: whole(),
		...COUNTERS,
		time: whole("milliseconds watched"),
		amounts: list(tuple([text("currency"), whole("millionths")])),
	}),
);

const TICKET_SCHEMA = named(
	"UsedTicket",
	object({
		ticket: text("its identifier"),
		relay: text(),
		viewer: text(),
		content: text(),
		at: moment("when it was used"),
		witness: oneOf<TicketWitness>({ upstream: true, page: true, redirect: true }),
	}),
);

const RECORD_EXAMPLE = Object.freeze({
	id: "0123456789abcdef0123456789abcdef-0",
	session: "0123456789abcdef0123456789abcdef",
	part: 0,
	isLast: true,
	relay: "east1",
	content: "14d957c4f6f78bd3",
	protocol: "rtsp",
	framing: "udp",
	viewer: "Anna",
	ticket: "",
	hops: 0,
	start: 1767225600000,
	end: 1767225660000,
	reason: "the viewer left",
	payload: 7200000,
	total: 7368000,
	packets: 6000,
	frames: 1500,
	drops: 0,
	amount: 7200,
	currency: "EUR",
});

const SUMS_EXAMPLE = Object.freeze({
	by: "day",
	sums: Object.freeze([
		Object.freeze({
			key: "2026-11-27",
			sessions: 1,
			records: 1,
			payload: 7200000,
			total: 7368000,
			packets: 6000,
			frames: 1500,
			drops: 0,
			time: 60000,
			amounts: Object.freeze([Object.freeze(["EUR", 7200])]),
		}),
	]),
});

const UNRECORDED_EXAMPLE = Object.freeze({
	tickets: Object.freeze([
		Object.freeze({
			ticket: "0123456789abcdef01234567",
			relay: "east1",
			viewer: "Anna",
			content: "14d957c4f6f78bd3",
			at: 1767225600000,
			witness: "page",
		}),
	]),
});

const LISTED_SCHEMA = named(
	"MeteringRecords",
	object({ records: list(RECORD_SCHEMA), next: nullable(text("the value of before for older ones")) }),
);

const SUMS_SCHEMA = named(
	"LedgerSums",
	object({
		by: oneOf<LedgerGroup>({ viewer: true, content: true, relay: true, day: true }),
		sums: list(SUM_SCHEMA),
	}),
);

/** What the ledger answers. */
export const LEDGER_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/ledger", LISTED_SCHEMA, Object.freeze({ records: Object.freeze([RECORD_EXAMPLE]), next: null })),
	answer("GET /api/v1/ledger/sums", SUMS_SCHEMA, SUMS_EXAMPLE),
	answer("GET /api/v1/ledger/records.csv", text(), "id,session,part,…\r\n0123456789abcdef0123456789abcdef-0,…\r\n"),
	answer("GET /api/v1/ledger/records.json", list(RECORD_SCHEMA), Object.freeze([RECORD_EXAMPLE])),
	answer(
		"GET /api/v1/ledger/unrecorded",
		named("UsedTickets", object({ tickets: list(TICKET_SCHEMA) })),
		UNRECORDED_EXAMPLE,
	),
]);
