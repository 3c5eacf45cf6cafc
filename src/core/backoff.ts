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
