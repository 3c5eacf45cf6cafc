import type { Millis } from "../core/time";

/**
 * How a new representative is chosen.
 *
 * - `heirs`: the representative names three heirs in each inquiry, which claim one after the other
 * - `contention`: all cameras draw a delay, and draw again when two have claimed (IMG-20), or compute it (IMG-21)
 * - `port-order`: in the order of external ports (IMG-23)
 * - `probing`: short for `port-order` where the representative is probed, and sends no inquiries by itself (IMG-24)
 */
export type SuccessionMode = "heirs" | "contention" | "port-order" | "probing";

/** How cameras find out that the representative is gone; any combination, with any {@link SuccessionMode} (IMG-27). */
export interface Detection {
	/** By its bye (IMG-20). */
	readonly bye: boolean;
	/** By inquiries that are missing (IMG-23). */
	readonly silence: boolean;
	/** By probes that it does not answer (IMG-24). */
	readonly probe: boolean;
}

/** How a camera takes part in the election of the representative. */
export interface SuccessionSettings {
	readonly mode: SuccessionMode;
	/** @default bye and silence */
	readonly detection: Detection;
	/** How fit this camera is, 0 … 255: fitter cameras come first among the heirs, and win conflicts within a term. */
	readonly priority: number;
	/** The time between two inquiries of the representative. */
	readonly heartbeat: Millis;
	/** Inquiries, or answers to probes, missed in a row after which it is suspected; half a period is added. */
	readonly missed: number;
	/** `contention`: the upper limit of the delays; a second claim within this time is a contention. @default 100 */
	readonly window: Millis;
	/** `contention`: the cameras that draw again. */
	readonly redraw: "all" | "claimants";
	/** `contention`: whether the delay is drawn, or computed from the identity, so that no contention is drawn again (IMG-21). */
	readonly delay: "random" | "identity";
	/** `port-order`: how long a camera waits for each camera before it. @default 500 */
	readonly turn: Millis;
	/** `heirs`: how long an heir waits for each heir before it after a bye; twice as long after a failure. @default 60 */
	readonly heirTurn: Millis;
	/** The range that the interval between probes is drawn from. */
	readonly probe: readonly number[];
}

/** The defaults of what is rarely set. */
export const SUCCESSION_DEFAULTS: Pick<SuccessionSettings, "detection" | "window" | "turn" | "heirTurn"> =
	Object.freeze({
		detection: Object.freeze({ bye: true, silence: true, probe: false }),
		window: 100,
		turn: 500,
		heirTurn: 60,
	});

const PROBING: Detection = Object.freeze({ bye: true, silence: false, probe: true });

/** Writes `probing`, which is short for two settings, out. */
export function writeOut(settings: SuccessionSettings): SuccessionSettings {
	return settings.mode === "probing" ? { ...settings, mode: "port-order", detection: PROBING } : settings;
}
