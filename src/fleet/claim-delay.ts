import type { Millis } from "../core/time";
import { HEIRS_MAX } from "../wire/fleet-message";
import { SUCCESSION_DEFAULTS, type SuccessionSettings } from "./succession-settings";

/** The slots that cameras that are not heirs draw from, and the length of one. */
const SLOTS = 32;
const SLOT: Millis = 3;
/** The number of cameras that the distribution is made for; more or fewer make little difference. */
const CROWD = 512;

/**
 * Draws a slot by the Sift distribution, whose probability grows geometrically with the slot: however many cameras
 * draw, few draw the earliest slot.
 * @see Jamieson, Balakrishnan and Tay, "Sift: A MAC Protocol for Event-Driven Wireless Sensor Networks", 2003
 * @param unit a random number in [0, 1)
 */
export function siftDelay(unit: number): Millis {
	const base = CROWD ** (1 / (SLOTS - 1));
	const slot = Math.floor(Math.log(1 + unit * (base ** SLOTS - 1)) / Math.log(base));
	return Math.min(SLOTS - 1, slot) * SLOT;
}

/** Computes a delay below `window` from a camera's identity, the same each time (IMG-21). */
export function identityDelay(id: string, window: Millis): Millis {
	// FNV-1a, so that adjacent serial numbers give different delays.
	let hash = 0x811c9dc5;
	for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
	return hash % window;
}

/**
 * The delay of one camera in the mode `contention` (IMG-20, IMG-21).
 * @param id what the delay is computed from where it is not drawn @param unit a random number in [0, 1)
 */
export function contentionDelay(settings: SuccessionSettings, id: string, unit: number): Millis {
	return settings.delay === "identity" ? identityDelay(id, settings.window) : Math.floor(unit * settings.window);
}

/**
 * The delay after a bye in the mode `heirs`. Cameras that are not heirs wait for the heirs.
 * @param position among the heirs, from 0, or -1 @param unit a random number in [0, 1) @param turn of one heir
 */
export function heirDelay(position: number, unit: number, turn: Millis = SUCCESSION_DEFAULTS.heirTurn): Millis {
	return position >= 0 ? position * turn : HEIRS_MAX * turn + siftDelay(unit);
}
