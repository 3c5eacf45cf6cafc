import type { Setting } from "./setting";

/** How a camera may be turned (IMG-18). */
export interface MotionSettings {
	/** Degrees to either side. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	/** Degrees a second; 0: at once. */
	readonly motionSpeed: number;
	/** Seconds. */
	readonly patrolDwell: number;
}

/** The settings of a camera's drive. */
export const MOTION_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "pan-limit",
		value: "DEGREES",
		kind: "integer",
		min: 0,
		max: 180,
		standard: "180",
		help: "furthest that the camera turns to either side, where its drive could turn further",
	},
	{
		name: "tilt-limit",
		value: "DEGREES",
		kind: "integer",
		min: 0,
		max: 180,
		standard: "90",
		help: "furthest that the camera turns up and down, where its drive could turn further",
	},
	{
		name: "motion-speed",
		value: "N",
		kind: "integer",
		min: 0,
		max: 360,
		standard: "60",
		help: "how fast the camera turns, in degrees a second; 0: as fast as its drive can",
	},
	{
		name: "patrol-dwell",
		value: "SECONDS",
		kind: "integer",
		min: 1,
		max: 3600,
		standard: "10",
		help: "how long a camera on patrol stays at each preset",
	},
]);
