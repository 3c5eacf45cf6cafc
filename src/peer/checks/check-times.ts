import type { Millis } from "../../core/time";

/** The time between two checks that nothing has triggered. @see RFC 8445 §14.2 */
export const PACE: Millis = 5;
/** How long a first path is sought, and another one after the last one was lost; longer while ports are guessed. */
export const CHECK_TIME: Millis = 10_000;
export const GUESS_TIME: Millis = 26_000;
/** How long the usual checks have before ports are guessed. */
export const GUESS_AFTER: Millis = 600;
/** How long a peer behind a symmetric NAT with a mapped port waits for the other side's checks before it sends its own. */
export const MAPPED_WAIT: Millis = 400;
/** The longest start delay that is obeyed. */
export const START_DELAY_MAX: Millis = 2000;
/** The mean time between checks of the path in use, which also keep the NATs' mappings. @see RFC 7675 §5.1 */
export const CONSENT_EVERY: Millis = 5000;
/** After that long without an answer nothing more may be sent. @see RFC 7675 §5.1 */
export const CONSENT_TIME: Millis = 30_000;
/** That many unanswered checks make the path in use doubtful. */
export const DOUBTS = 4;
/** How often better ways than the one in use are tried again, and with how many checks. */
export const BETTER_EVERY: Millis = 30_000;
export const BETTER_TESTS = 2;
/** How often a pair is tested without an answer, before it counts as failed (until something is heard from it). */
export const TESTS_MAX = 12;

/** The first time until a check is sent again, and the factor for each further one. */
const RETRY_FIRST: Millis = 50;
const RETRY_FACTOR = 1.5;
/** The first time until a check of the path in use is repeated, at least; and the longest. */
const CONSENT_RETRY: Millis = 150;
const CONSENT_RETRY_MAX: Millis = 1000;

/** How long to wait for an answer while a path is sought. @param attempts checks without an answer, at least 1 */
export function retryTime(attempts: number): Millis {
	return Math.round(RETRY_FIRST * RETRY_FACTOR ** (attempts - 1));
}

/** How long to wait for an answer on the path in use. */
export function consentRetryTime(attempts: number, roundTrip: Millis): Millis {
	const first = Math.max(CONSENT_RETRY, 2 * roundTrip);
	return Math.min(CONSENT_RETRY_MAX, Math.round(first * RETRY_FACTOR ** (attempts - 1)));
}
