import { schema } from "./schema";
import { integer } from "./setting";

/** Settings of pan and tilt (IMG-18). */
export const MOTION_SCHEMA = schema("Pan and tilt", {
	panLimit: integer({
		min: 0,
		max: 180,
		default: 180,
		unit: "degrees",
		help: "how far the camera may pan to either side, if its drive can go further",
	}),
	tiltLimit: integer({
		min: 0,
		max: 180,
		default: 90,
		unit: "degrees",
		help: "how far the camera may tilt up and down, if its drive can go further",
	}),
	motionSpeed: integer({
		min: 0,
		max: 360,
		default: 60,
		unit: "degrees per second",
		placeholder: "DEGREES",
		help: "how fast the camera moves; 0: as fast as its drive can",
	}),
	patrolDwell: integer({
		min: 1,
		max: 3600,
		default: 10,
		unit: "seconds",
		help: "how long a patrolling camera stays at each preset",
	}),
});
