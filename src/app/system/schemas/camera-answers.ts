import type { Flip } from "../../../ports/camera";
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

/** A saved view. */
const PRESET = named("Preset", object({ name: text(), pan: real("degrees"), tilt: real("degrees") }));

/** Where a camera that turns looks. */
export const MOTION_SCHEMA = named(
	"Motion",
	object({
		pan: real("to the right of the middle, in degrees"),
		tilt: real("above the middle, in degrees"),
		panLimit: real("how far it turns to each side, in degrees; 0: it does not turn"),
		tiltLimit: real("how far it turns up and down, in degrees; 0: it does not turn"),
		moving: flag(),
		speed: real("degrees per second"),
		presets: list(PRESET),
		patrol: object({ on: flag("whether it visits the presets in turn"), dwell: real("seconds at each") }),
	}),
);

/** An example of {@link MOTION_SCHEMA}. */
export const MOTION_EXAMPLE = Object.freeze({
	pan: 30,
	tilt: -5,
	panLimit: 90,
	tiltLimit: 45,
	moving: false,
	speed: 60,
	presets: Object.freeze([Object.freeze({ name: "Gate", pan: 30, tilt: -5 })]),
	patrol: Object.freeze({ on: false, dwell: 10 }),
});

const PICTURE_SCHEMA = named(
	"Picture",
	object({
		age: nullable(real("of the newest picture, in seconds; null before the first")),
		interval: real("between the two newest pictures, in seconds; 0 before the second"),
		trouble: nullable(text("the fault of the pictures, for people")),
		quality: nullable(whole("1 to 100; null: it can't be changed")),
		resolution: nullable(text("WIDTHxHEIGHT; auto: the source's own; null: it can't be changed")),
		resolutions: list(text(), "those that can be chosen"),
		brightness: nullable(whole("-100 to 100; null: it can't be changed")),
		flip: nullable(
			oneOf<Flip>({ none: true, horizontal: true, vertical: true, both: true }, "null: it can't be changed"),
		),
	}),
);

/** What operations on a camera's pictures and its pan and tilt answer. */
export const CAMERA_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/motion", MOTION_SCHEMA, MOTION_EXAMPLE),
	answer(
		"GET /api/v1/picture",
		PICTURE_SCHEMA,
		Object.freeze({
			age: 0.04,
			interval: 0.1,
			trouble: null,
			quality: 80,
			resolution: "auto",
			resolutions: Object.freeze(["auto", "1280x720"]),
			brightness: 0,
			flip: "none",
		}),
	),
]);
