import type { Millis } from "./time";

/**
 * The rule for trying again: the pause doubles after each failure in a row, so that something
 * that always fails at once costs next to nothing.
 * @param last the pause before; 0 after a success
 * @param first the pause after the first failure
 * @param longest the pauses do not get longer
 */
export function nextPause(last: Millis, first: Millis, longest: Millis): Millis {
	return last === 0 ? first : Math.min(last * 2, longest);
}

/** The pauses between attempts to get the pictures of a camera: the first and the longest; and those after a failure that will last. */
const PAUSE_FIRST: Millis = 1000;
const PAUSE_LONGEST: Millis = 30_000;
const LASTING_FIRST: Millis = 60_000;
const LASTING_LONGEST: Millis = 600_000;

/**
 * The rule for connecting to a camera again: soon after a failure that may pass, and rarely after one that will last, such as a
 * wrong password.
 * @param last the pause before; 0 after a success
 * @param longest after failures that may pass @default 30000
 */
export function cameraPause(last: Millis, lasts: boolean, longest: Millis = PAUSE_LONGEST): Millis {
	const first = lasts ? LASTING_FIRST : PAUSE_FIRST;
	return Math.max(first, nextPause(last, first, lasts ? LASTING_LONGEST : longest));
}
