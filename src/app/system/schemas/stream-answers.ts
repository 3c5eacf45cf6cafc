import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	named,
	object,
	oneOf,
	real,
	text,
	whole,
} from "../../../web/json-schema";
import { FRAMING_SCHEMA } from "./common-schemas";

const UNIT_SCHEMA = object({
	unit: text("RTP sender, RTCP sender and receiver, RTCP sender, RTCP receiver, none or interleaved"),
	bound: text("its address and port; empty: none"),
	advertisedPort: whole("that the client was told; 0: interleaved"),
});

const STREAM_SCHEMA = named(
	"Stream",
	object(
		{
			id: whole("names it in the URL that ends it"),
			client: text("its address"),
			content: text("live, h264, or a file or recording"),
			framing: FRAMING_SCHEMA,
			state: oneOf<"playing" | "ready">({ playing: true, ready: true }),
			seconds: whole("since it began"),
			packets: whole("sent"),
			octets: whole("sent"),
			missed: whole("pictures, because the client or the way to it was too slow"),
		},
		{
			units: list(UNIT_SCHEMA, "its processing units with their ports"),
			oneIn: whole("one picture in this many is sent"),
			keyOnly: flag("whether only key pictures are sent"),
			lossPercent: real("as the client reports it"),
			jitter: real("as the client reports it, in milliseconds"),
			roundTrip: real("in milliseconds"),
		},
	),
);

const STREAMS_EXAMPLE = Object.freeze({
	streams: Object.freeze([
		Object.freeze({
			id: 7,
			client: "192.168.0.20",
			content: "live",
			framing: "udp",
			state: "playing",
			seconds: 90,
			packets: 27000,
			octets: 32400000,
			missed: 0,
		}),
	]),
});

/** What operations on RTSP sessions answer. */
export const STREAM_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/streams", named("Streams", object({ streams: list(STREAM_SCHEMA) })), STREAMS_EXAMPLE),
]);
