/*
 * All text about relays, in English: the file to translate, as messages.ts says.
 */

/** The text of a relay's own page, of its notices and refusals. Not yet escaped for HTML. */
export const RELAY_MESSAGES = Object.freeze({
	name: "Relay",
	crowded: "The relay has no room for another connection.",
	logIn: "Log in to the relay with a ticket, or with an account of it.",
	gone: "The origin can't be reached.",
});
