/*
 * All text about control hosts and their NAS, in English: translate it as messages.ts says.
 */

/** The text of a control host's own page, and of notices. Not yet escaped for HTML. */
export const NAS_LINK_MESSAGES = Object.freeze({
	name: "Stream control",
	nas: "NAS",
	state: "Link",
	sessions: "Sessions",
	connected: "connected",
	notConnected: "not connected",
	facts: "Facts",
	notices: Object.freeze({
		noLink: "No control host can reach this NAS.",
		notReachable: "The NAS can't be reached, so nothing can be played.",
	}),
});
