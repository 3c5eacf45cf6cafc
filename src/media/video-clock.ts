import type { Millis } from "../core/time";

/** Ticks of video timestamps in a millisecond: 90 kHz. @see RFC 2435 §3.1, RFC 6184 §8.2.1 */
export const TICKS_PER_MS = 90;

/** The timestamp of a time, 32 bits. @param offset the timestamp of time 0 */
export function ticksOf(at: Millis, offset = 0): number {
	// Products stay exact for 3 years; `>>> 0` takes them modulo 2^32.
	return (offset + Math.round(at * TICKS_PER_MS)) >>> 0;
}
