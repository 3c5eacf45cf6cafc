/*
 * All text on the page of a NAS, in English: translate it as messages.ts says.
 */

/** The text of a NAS's own page; functions fill in values. Not yet escaped for HTML. */
export const NAS_MESSAGES = Object.freeze({
	nav: "Storage",
	title: "Storage",
	name: "NAS",
	storage: "Storage",
	cameras: "Recorded cameras",
	noCameras: "No cameras yet. Connect one to the same router and it is recorded by itself.",
	facts: "Facts",
});
