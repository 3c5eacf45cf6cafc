/*
 * All text about the transparent mode of a relay, in English: translate it as messages.ts says.
 */

/** Text of notices. Not yet escaped for HTML. */
export const TRANSPARENT_MESSAGES = Object.freeze({
	noPort: "This relay can't take connections on their way to origins.",
});
