import type { ContentStore } from "../../../storage/content-store";
import type { RecordingMode } from "../../../storage/recorder/recording-mode";
import type { GapReason, Segment } from "../../../storage/recording";
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
	whole,
} from "../../../web/json-schema";
import { COVERED_EVENT_SCHEMA } from "./event-answers";

/** The state of a store. */
export const STORE_STATE_SCHEMA = named(
	"StoreState",
	oneOf<ContentStore["state"]>({ opening: true, ready: true, failed: true }),
);

/** What the recordings take. */
export const STORAGE_USAGE_SCHEMA = named(
	"StorageUsage",
	object({
		recordings: whole("octets of all recordings"),
		locked: whole("octets of those that are locked"),
		free: whole("octets of the medium"),
		total: whole("octets of the medium"),
		from: moment("start of the oldest recording; 0: there is none"),
	}),
);

const KEY_SCHEMA = text("names the camera in URLs of recordings");
const MODE_SCHEMA = named(
	"RecordingMode",
	oneOf<RecordingMode>({ continuous: true, scheduled: true, event: true, demand: true, off: true }),
);
const GAP_SCHEMA = named(
	"GapReason",
	oneOf<GapReason>({ off: true, waiting: true, source: true, storage: true, crash: true, clock: true }),
);
const ENCODING_SCHEMA = named("Encoding", oneOf<Segment["encoding"]>({ JPEG: true, H264: true }));

const RECORDED_CAMERA = {
	key: KEY_SCHEMA,
	title: text(),
	mode: MODE_SCHEMA,
	recording: flag("whether it is being recorded now"),
	why: nullable(GAP_SCHEMA),
	trouble: nullable(text("what the source or the medium complains of, for people")),
	octets: whole(),
} as const;

const RECORDINGS_SCHEMA = named(
	"Recordings",
	object({
		now: nullable(moment("the time at the NAS; null: it does not know the date")),
		state: STORE_STATE_SCHEMA,
		cameras: list(
			named(
				"RecordedCamera",
				object({
					...RECORDED_CAMERA,
					from: moment("start of the oldest recording; 0: there is none"),
					to: moment("end of the newest recording; 0: there is none"),
				}),
			),
		),
	}),
);

const COVERAGE_SCHEMA = named(
	"Coverage",
	object({
		from: moment("start of what is told"),
		to: moment("end of what is told: earlier than asked for if there is too much"),
		resolution: whole("gaps that are shorter, in milliseconds, are left out"),
		before: nullable(GAP_SCHEMA),
		coverage: list(
			object({
				from: moment("start"),
				to: moment("end"),
				encoding: ENCODING_SCHEMA,
				gap: nullable(GAP_SCHEMA),
				locked: flag(),
			}),
		),
		events: list(COVERED_EVENT_SCHEMA),
	}),
);

const NAS_SCHEMA = named(
	"Nas",
	object({
		state: STORE_STATE_SCHEMA,
		usage: STORAGE_USAGE_SCHEMA,
		limits: object({
			octets: whole("that recordings may take; 0: no limit"),
			seconds: whole("that they are kept; 0: no limit"),
			free: whole("octets that are left free"),
		}),
		cameras: list(
			object({
				...RECORDED_CAMERA,
				member: nullable(text("its identity in the fleet; null: it is at a URL of the settings")),
				from: nullable(moment("start of the oldest recording")),
			}),
		),
	}),
);

const FACTS_SCHEMA = named(
	"PictureFacts",
	object({ utc: moment("when the picture was taken"), encoding: ENCODING_SCHEMA, width: whole(), height: whole() }),
);

const RECORDINGS_EXAMPLE = Object.freeze({
	now: 1767225600000,
	state: "ready",
	cameras: Object.freeze([
		Object.freeze({
			key: "14d957c4f6f78bd3",
			title: "Garden",
			mode: "continuous",
			recording: true,
			why: null,
			trouble: null,
			from: 1766620800000,
			to: 1767225600000,
			octets: 96000000000,
		}),
	]),
});

const COVERAGE_EXAMPLE = Object.freeze({
	from: 1767139200000,
	to: 1767225600000,
	resolution: 43200,
	before: null,
	coverage: Object.freeze([
		Object.freeze({ from: 1767139200000, to: 1767168000000, encoding: "JPEG", gap: "source", locked: false }),
	]),
	events: Object.freeze([
		Object.freeze({
			id: 1767150000000,
			from: 1767150000000,
			to: 1767150020000,
			still: 1767150004000,
			kind: "motion",
			score: 40,
			label: "Gate",
		}),
	]),
});

const NAS_EXAMPLE = Object.freeze({
	state: "ready",
	usage: Object.freeze({
		recordings: 96000000000,
		locked: 0,
		free: 1863000000000,
		total: 2000000000000,
		from: 1766620800000,
	}),
	limits: Object.freeze({ octets: 0, seconds: 2592000, free: 1000000000 }),
	cameras: Object.freeze([
		Object.freeze({
			key: "14d957c4f6f78bd3",
			title: "Garden",
			mode: "continuous",
			recording: true,
			why: null,
			trouble: null,
			member: "14d957c4f6f78bd3",
			octets: 96000000000,
			from: 1766620800000,
		}),
	]),
});

/** What operations on recordings answer. */
export const RECORDING_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/nas", NAS_SCHEMA, NAS_EXAMPLE),
	answer("GET /api/v1/recordings", RECORDINGS_SCHEMA, RECORDINGS_EXAMPLE),
	answer("GET /api/v1/recordings/{key}/coverage", COVERAGE_SCHEMA, COVERAGE_EXAMPLE),
	answer(
		"GET /api/v1/recordings/{key}/picture",
		FACTS_SCHEMA,
		Object.freeze({ utc: 1767150004000, encoding: "JPEG", width: 640, height: 480 }),
	),
]);
