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
	/** @default "heirs" */
	readonly mode: SuccessionMode;
	/** How fit this camera is, 0 … 255: fitter cameras are earlier heirs, and win conflicts of one term. @default 100 */
	readonly priority: number;
	/** The representative inquires this often. @default 250 */
	readonly heartbeat: Millis;
	/** Inquiries (or, in `probing`, answers) missed in a row that make it absent; half a period is allowed on top. @default 3 */
	readonly missed: number;
	/** `contention`: delays are drawn below it, and a second claim within it is a contention. @default 100 */
	readonly window: Millis;
	/** `contention`: who draws again. @default "all" */
	readonly redraw: "all" | "claimants";
	/** `contention`: the delay is drawn, or computed from the identity; then a fixed rule decides (IMG-21). @default "random" */
	readonly delay: "random" | "identity";
	/** `port-order`: the time that each camera gives those before it. @default 500 */
	readonly turn: Millis;
	/** `probing`: the interval is drawn from this range. @default [1000, 2000] */
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
