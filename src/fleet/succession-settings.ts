import type { Millis } from "../core/time";

/**
 * How a new representative is found.
 *
 * - `heirs`: the representative names three heirs in each inquiry, which claim one after the other
 * - `contention`: after a bye all cameras draw a delay, and draw again when two have claimed (IMG-20, IMG-21)
 * - `port-order`: in the order of external ports (IMG-23)
 * - `probing`: cameras probe the representative; when it fails, as `port-order` (IMG-24)
 */
export type SuccessionMode = "heirs" | "contention" | "port-order" | "probing";

/** How a camera takes part in the election of the representative. */
export interface SuccessionSettings {
	/** @default "heirs" */
	readonly mode: SuccessionMode;
	/** How fit this camera is, 0 … 255: fitter cameras come first among the heirs, and win conflicts within a term. @default 100 */
	readonly priority: number;
	/** The time between two inquiries of the representative. @default 250 */
	readonly heartbeat: Millis;
	/** Inquiries (in `probing`: answers) missed in a row after which it is suspected; half a period is added. @default 3 */
	readonly missed: number;
	/** `contention`: the upper limit of the delays; a second claim within this time is a contention. @default 100 */
	readonly window: Millis;
	/** `contention`: the cameras that draw again. @default "all" */
	readonly redraw: "all" | "claimants";
	/** `contention`: whether the delay is drawn, or computed from the identity, so that no contention is drawn again (IMG-21). @default "random" */
	readonly delay: "random" | "identity";
	/** `port-order`: how long a camera waits for each camera before it. @default 500 */
	readonly turn: Millis;
	/** `probing`: the range that the interval between probes is drawn from. @default [1000, 2000] */
	readonly probe: readonly number[];
}

/** @see SuccessionSettings */
export const SUCCESSION_DEFAULTS: SuccessionSettings = Object.freeze({
	mode: "heirs",
	priority: 100,
	heartbeat: 250,
	missed: 3,
	window: 100,
	redraw: "all",
	delay: "random",
	turn: 500,
	probe: Object.freeze([1000, 2000]),
});
