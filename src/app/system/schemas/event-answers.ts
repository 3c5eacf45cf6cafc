import type { MotionState } from "../../../storage/motion/motion-detector";
import type { EventKind } from "../../../storage/recorded-event";
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
	real,
	text,
	whole,
} from "../../../web/json-schema";

const KIND_SCHEMA = named("EventKind", oneOf<EventKind>({ motion: true, switch: true, call: true }));

const EVENT = {
	id: whole("rises; names the event in the URL of its picture"),
	kind: KIND_SCHEMA,
	from: moment("when it began"),
	still: moment("when the picture was taken that shows it best"),
	score: real("of motion: the share of the picture that changed most, 0 to 100"),
	label: text("the caller or the zone; may be empty"),
} as const;

const EVENT_SCHEMA = named(
	"Event",
	object({ ...EVENT, camera: text("the key of the camera") }, { to: moment("when it ended; absent while it lasts") }),
);

/** An event of one camera. */
export const COVERED_EVENT_SCHEMA = named(
	"CoveredEvent",
	object({ ...EVENT, to: nullable(moment("when it ended; null while it lasts")) }),
);

const ZONE_SCHEMA = named(
	"Zone",
	object({
		use: oneOf<"watch" | "ignore">({ watch: true, ignore: true }),
		name: text(),
		left: real("percent of the width"),
		top: real("percent of the height"),
		right: real("percent of the width"),
		bottom: real("percent of the height"),
	}),
);

const DETECTOR_SCHEMA = named(
	"MotionDetector",
	object({
		state: oneOf<MotionState | "off" | "none">(
			{ off: true, none: true, learning: true, still: true, motion: true, light: true },
			"none: the camera has no picture",
		),
		event: flag("whether an event is going on"),
		score: real("percent of the picture that moves"),
		area: real("of the largest thing, in thousandths of the picture"),
		columns: whole("of cells"),
		rows: whole("of cells"),
		marks: text("a digit for each cell, row by row: 1 has changed, 2 moves"),
		pictures: whole("that were looked at"),
		fault: nullable(text("why pictures can't be read")),
		settings: object({
			on: oneOf<"on" | "off">({ on: true, off: true }),
			sensitivity: whole("1 to 100"),
			area: whole("smallest thing, in thousandths of the picture"),
			pictures: whole("one after another"),
			hold: whole("seconds until an event ends"),
			zones: list(ZONE_SCHEMA),
		}),
	}),
);

const EVENTS_EXAMPLE = Object.freeze({
	events: Object.freeze([
		Object.freeze({
			id: 1767150000000,
			camera: "14d957c4f6f78bd3",
			kind: "motion",
			from: 1767150000000,
			to: 1767150020000,
			still: 1767150004000,
			score: 40,
			label: "Gate",
		}),
	]),
	more: false,
});

/** With a grid of four cells. */
const DETECTOR_EXAMPLE = Object.freeze({
	state: "motion",
	event: true,
	score: 25,
	area: 250,
	columns: 2,
	rows: 2,
	marks: "0020",
	pictures: 1200,
	fault: null,
	settings: Object.freeze({
		on: "on",
		sensitivity: 50,
		area: 3,
		pictures: 3,
		hold: 5,
		zones: Object.freeze([Object.freeze({ use: "watch", name: "Gate", left: 0, top: 50, right: 100, bottom: 100 })]),
	}),
});

/** What operations on events answer. */
export const EVENT_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer(
		"GET /api/v1/events",
		named("Events", object({ events: list(EVENT_SCHEMA), more: flag("whether there are others") })),
		EVENTS_EXAMPLE,
	),
	answer(
		"POST /api/v1/recordings/{key}/event",
		named("ReportedEvent", object({ id: whole("of the event") })),
		Object.freeze({ id: 1767150000000 }),
	),
	answer("GET /api/v1/recordings/{key}/motion", DETECTOR_SCHEMA, DETECTOR_EXAMPLE),
]);
