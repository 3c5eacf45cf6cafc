import { schema, type ValuesOf } from "./schema";
import { onOff } from "./setting";

/** Settings of the events that a camera finds itself, on hosts that have them. */
export const MOTION_EVENTS_SCHEMA = schema("Motion events", {
	motionEvents: onOff({
		default: false,
		editable: true,
		help: "look for motion all the time, and show the latest events with stills on the camera's page; they are kept in memory only, and not needed where a NAS of the fleet records. The camera runs meanwhile",
	}),
});

/** The values of {@link MOTION_EVENTS_SCHEMA}. */
export type MotionEventsSettings = ValuesOf<typeof MOTION_EVENTS_SCHEMA>;
