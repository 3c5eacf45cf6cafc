import type { Millis } from "../core/time";

/**
 * How a new representative is found.
 *
 * - `heirs`: the representative names three heirs in each inquiry, who claim one after the other
 * - `contention`: after a bye-bye all draw a delay, and draw again when two have claimed (IMG-20, IMG-21)
 * - `port-order`: in the order of external ports (IMG-23)
 * - `probing`: cameras ask the representative for its presence; then as `port-order` (IMG-24)
 */
export type SuccessionMode = "heirs" | "contention" | "port-order" | "probing";

/** How a camera takes part in finding the representative. */
export interface SuccessionSettings {
	readonly mode: SuccessionMode;
	/** How fit this camera is, 0 … 255: fitter cameras are earlier heirs, and win conflicts of one term. */
	readonly priority: number;
	/** The representative inquires this often. */
	readonly heartbeat: Millis;
	/** Inquiries (or, in `probing`, answers) missed in a row that make it absent; half a period is allowed on top. */
	readonly missed: number;
	/** `contention`: delays are drawn below it, and a second claim within it is a contention. @default 100 */
	readonly window: Millis;
	/** `contention`: who draws again. */
	readonly redraw: "all" | "claimants";
	/** `contention`: the delay is drawn, or computed from the identity; then a fixed rule decides (IMG-21). */
	readonly delay: "random" | "identity";
	/** `port-order`: the time that each camera gives those before it. @default 500 */
	readonly turn: Millis;
	/** `probing`: the interval is drawn from this range. */
	readonly probe: readonly number[];
}

/** The settings that are the same in all devices. */
export const SUCCESSION_DEFAULTS: Pick<SuccessionSettings, "window" | "turn"> = Object.freeze({
	window: 100,
	turn: 500,
});
