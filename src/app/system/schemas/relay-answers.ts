import type { ContentState } from "../../../relay/content-session";
import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	named,
	nullable,
	object,
	oneOf,
	real,
	text,
	whole,
} from "../../../web/json-schema";
import { PROTOCOL_SCHEMA } from "./ledger-answers";

/** A relay that is registered with a member of a fleet. */
export const REGISTERED_RELAY_SCHEMA = named(
	"RegisteredRelay",
	object({
		name: text(),
		host: text(),
		httpPort: whole("0: none"),
		rtspPort: whole("0: none"),
		secure: flag("whether its ports use TLS"),
		room: whole("how many more viewers it takes"),
	}),
);

const CONTENT_SCHEMA = named(
	"RelayedContent",
	object({
		key: text("its path at the relay"),
		title: text(),
		protocol: PROTOCOL_SCHEMA,
		origin: text("whose it is; empty: of a URL"),
		needsLogin: flag(),
		state: nullable(
			oneOf<ContentState>({ opening: true, open: true, broken: true, refused: true, closing: true }, "of the upstream"),
		),
		viewers: whole(),
		hops: whole("relays above this one"),
	}),
);

const VIEWER_SCHEMA = named(
	"RelayViewer",
	object({
		content: text(),
		viewer: text("empty: somebody unknown"),
		address: text(),
		protocol: text("http, rtsp over udp, rtsp over tcp"),
		time: real("milliseconds since it came"),
		octets: whole(),
		frames: whole(),
		drops: whole("frames that it missed because it was slow"),
	}),
);

const RELAY_SCHEMA = named(
	"Relay",
	object({
		name: text(),
		contents: list(CONTENT_SCHEMA),
		viewers: list(VIEWER_SCHEMA),
		totals: object({ sessions: whole(), payload: whole(), total: whole(), frames: whole(), drops: whole() }),
	}),
);

const RELAYS_EXAMPLE = Object.freeze({
	relays: Object.freeze([
		Object.freeze({
			name: "east1",
			host: "198.51.100.9",
			httpPort: 8080,
			rtspPort: 8554,
			secure: false,
			room: 1000,
		}),
	]),
});

const RELAY_EXAMPLE = Object.freeze({
	name: "east1",
	contents: Object.freeze([
		Object.freeze({
			key: "home/14d957c4f6f78bd3",
			title: "Garden",
			protocol: "rtsp",
			origin: "Home",
			needsLogin: true,
			state: "open",
			viewers: 1,
			hops: 0,
		}),
	]),
	viewers: Object.freeze([
		Object.freeze({
			content: "Garden",
			viewer: "Anna",
			address: "198.51.100.20",
			protocol: "rtsp over udp",
			time: 60000,
			octets: 7368000,
			frames: 1500,
			drops: 0,
		}),
	]),
	totals: Object.freeze({ sessions: 1, payload: 7200000, total: 7368000, frames: 1500, drops: 0 }),
});

const LINKS_EXAMPLE = Object.freeze({
	relay: "east1",
	ticket: "0123456789abcdef01234567",
	http: "http://198.51.100.9:8080/home/14d957c4f6f78bd3?link=r.…",
	rtsp: "rtsp://198.51.100.9:8554/home/14d957c4f6f78bd3?link=r.…",
	hours: 24,
});

const KEY_EXAMPLE = Object.freeze({
	name: "east1",
	key: "0123456789abcdef…",
	line: "origin home 0123456789abcdef… http://198.51.100.7:8080",
});

/** What operations of relays, and on relays, answer. */
export const RELAY_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/relay", RELAY_SCHEMA, RELAY_EXAMPLE),
	answer("GET /api/v1/relays", named("Relays", object({ relays: list(REGISTERED_RELAY_SCHEMA) })), RELAYS_EXAMPLE),
	answer(
		"POST /api/v1/relays/key",
		named("RelayKey", object({ name: text(), key: text(), line: text("for the relay's table") })),
		KEY_EXAMPLE,
	),
	answer(
		"POST /api/v1/relays/links",
		named(
			"RelayLinks",
			object({
				relay: text(),
				ticket: text("its identifier"),
				http: text("Motion JPEG; empty: the relay has none"),
				rtsp: text("empty: the relay has none"),
				hours: real("until they expire"),
			}),
		),
		LINKS_EXAMPLE,
	),
]);
