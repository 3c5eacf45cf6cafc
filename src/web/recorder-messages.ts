/*
 * All text of the recorder that people read, in English: translate it as messages.ts says.
 */

/** What the recorder's operations answer when they fail. Not yet escaped for HTML. */
export const RECORDER_MESSAGES = Object.freeze({
	noCamera: "There is no such camera.",
	duration: (most: number) => `The duration must be from 1 to ${most} seconds.`,
	mode: "The mode must be continuous, scheduled, event, demand or off.",
	tooManyModes: "Too many cameras have a mode of their own. Set --record to the mode that most of them have.",
});
