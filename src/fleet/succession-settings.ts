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
	readonly mode: SuccessionMode;
	/** How fit this camera is, 0 … 255: fitter cameras come first among the heirs, and win conflicts within a term. */
	readonly priority: number;
	/** The time between two inquiries of the representative. */
	readonly heartbeat: Millis;
	/** Inquiries (in `probing`: answers) missed in a row after which it is suspected; half a period is added. */
	readonly missed: number;
	/** `contention`: the upper limit of the delays; a second claim within this time is a contention. @default 100 */
	readonly window: Millis;
	/** `contention`: the cameras that draw again. */
	readonly redraw: "all" | "claimants";
	/** `contention`: whether the delay is drawn, or computed from the identity, so that no contention is drawn again (IMG-21). */
	readonly delay: "random" | "identity";
	/** `port-order`: how long a camera waits for each camera before it. @default 500 */
	readonly turn: Millis;
	/** `probing`: the range that the interval between probes is drawn from. */
	readonly probe: readonly number[];
}

/** The settings that are the same in all devices. */
export const SUCCESSION_DEFAULTS: Pick<SuccessionSettings, "window" | "turn"> = Object.freeze({
	window: 100,
	turn: 500,
});
