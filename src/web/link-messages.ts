/*
 * All text about viewer links, in English: translate it as messages.ts says.
 */

/** The text of the page that shows a new viewer link, and of the list of links; functions fill in values. Not yet escaped for HTML. */
export const LINK_MESSAGES = Object.freeze({
	title: "Viewer link",
	titleFor: (name: string) => `Viewer link for ${name}`,
	people: "For people",
	anywhere: "anywhere",
	atHome: "at home",
	here: "on this computer",
	onlyHome: "This link works at home only: this device can't be reached from the Internet.",
	onlyHere: "This link works on this computer only: this device can't be reached from the Internet.",
	once: "Copy it now. You won't see it again.",
	ends: (hours: number) =>
		hours % 24 === 0
			? `It expires in ${hours === 24 ? "1 day" : hours === 8760 ? "1 year" : `${hours / 24} days`}.`
			: `It expires in ${hours === 1 ? "1 hour" : `${hours} hours`}.`,
	back: "Back to settings",
	/** The list of links and the form that makes one. */
	list: Object.freeze({
		for: "Name (optional)",
		hours: "Expires after",
		lives: Object.freeze([
			Object.freeze(["1", "1 hour"]),
			Object.freeze(["24", "1 day"]),
			Object.freeze(["168", "1 week"]),
			Object.freeze(["720", "30 days"]),
			Object.freeze(["8760", "1 year"]),
		]) as readonly (readonly [string, string])[],
		noName: "Viewer link",
		made: "created",
		ends: "expires",
		used: "last used",
		unused: "not used yet",
		revoke: "Revoke",
		revokeNamed: (name: string) => `Revoke ${name}`,
		ask: (name: string) =>
			`Revoke ${name}? Anyone watching with it is cut off at once, and has to get a new link, or pair again.`,
		local: "The passwords were set at startup, so revoking a link takes effect at this device only.",
	}),
});
