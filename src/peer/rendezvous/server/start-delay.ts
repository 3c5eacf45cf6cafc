import type { Millis } from "../../../core/time";

/** How long both sides of an introduction wait before their first check. */
export interface StartDelays {
	readonly viewer: Millis;
	readonly device: Millis;
}

/** What a side says about its distance is believed up to twice this. */
const DELAY_MAX: Millis = 500;

/**
 * Computes how long each side waits, so that both begin at the same time: the nearer one gets its message earlier by half of the
 * difference of the round trips. Some NATs spoil a path when a check arrives before one has left, so a check must not be under way for
 * longer than it takes the other side to begin.
 * @param viewer its round trip to the server @param device the device's; 0: not known, and nobody waits
 */
export function startDelays(viewer: Millis, device: Millis): StartDelays {
	if (viewer <= 0 || device <= 0) return { viewer: 0, device: 0 };
	const half = Math.max(-DELAY_MAX, Math.min(DELAY_MAX, (device - viewer) / 2));
	return { viewer: Math.max(0, half), device: Math.max(0, -half) };
}
