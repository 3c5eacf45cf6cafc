/** A point in monotonic time, or a span, in whole milliseconds; `Infinity` for never. */
export type Millis = number;
/** A span in whole seconds, as in leases and HTTP fields. */
export type Seconds = number;
/** A number of octets. */
export type Octets = number;

/** A day. */
export const DAY: Millis = 86_400_000;
/** A gigabyte, as settings and pages count it. */
export const GIGABYTE: Octets = 1_000_000_000;

/** 2024-01-01: an earlier date means that a board without a battery does not know the date. */
const PLAUSIBLE_UTC: Millis = 1_704_067_200_000;

/** A date in milliseconds since 1970 as seconds; `undefined` stays: the date is not known. */
export function secondsOf(utc: Millis | undefined): Seconds | undefined {
	return utc === undefined ? undefined : utc / 1000;
}

/** Returns the date of a machine's clock in milliseconds since 1970, or `undefined` if it cannot be right. */
export function plausibleUtc(shown: Millis): Millis | undefined {
	return shown >= PLAUSIBLE_UTC ? shown : undefined;
}
