/** A point in monotonic time, or a span, in whole milliseconds; `Infinity` for never. */
export type Millis = number;
/** A span in whole seconds, as leases and HTTP fields count. */
export type Seconds = number;
/** A number of octets. */
export type Octets = number;

/** 2024-01-01: a board without a battery wakes up long before, and does not know the date. */
const PLAUSIBLE_UTC: Millis = 1_704_067_200_000;

/** Returns the date that a machine's clock shows, in milliseconds since 1970, or `undefined` where it can't be true. */
export function plausibleUtc(shown: Millis): Millis | undefined {
	return shown >= PLAUSIBLE_UTC ? shown : undefined;
}
