/*
 * All text about tunnels and pairing on pages, in English: translate it as messages.ts says.
 */

/** How a peer is reached; features do not know each other. @see PathKind */
export type ShownPath = "lan" | "ipv6" | "mapped" | "punched" | "relayed";

/** The text about tunnels and pairing; functions fill in values. Not yet escaped for HTML. */
export const TUNNEL_MESSAGES = Object.freeze({
	/** Completes "reached …". */
	paths: Object.freeze({
		lan: "in the same network",
		ipv6: "by IPv6",
		mapped: "by a mapped port",
		punched: "directly, through the NATs",
		relayed: "through a TURN server",
	}) satisfies Readonly<Record<ShownPath, string>>,
	facts: Object.freeze({
		tunnels: "Viewers through tunnels",
		count: (count: number, path: string) => `${count} ${path}`,
	}),
	pair: Object.freeze({
		nav: "Pair",
		/** How pairings are named in the list of viewer links. */
		viewerLink: (home: string) => `Paired viewer (${home})`,
		guestLink: "Paired guest",
		title: "Pair a viewer",
		about:
			"A paired viewer finds the cameras of this home from anywhere, without an open port: porthole view on a computer, or an app.",
		off: "There is no rendezvous server, so viewers on the Internet can't find this home: set --rendezvous.",
		date: "The date is not known yet, so no code can be made that ends. Try again in a minute.",
		viewer: Object.freeze({
			heading: "For a viewer of the home",
			about: "For someone you trust: it finds all cameras of the home, and may watch them.",
			make: "Show the code",
		}),
		guest: Object.freeze({
			heading: "For a guest",
			about: "It reaches this one device only.",
			make: "Show the guest's code",
		}),
		alone:
			"For someone you trust. This device has no fleet key, so the code is good for this device only: for one code for all, give your devices a key first (page Fleet).",
		days: "Days",
		home: "Name of the home",
		homeDefault: "Home",
		viewerTitle: "Code for the viewer",
		guestTitle: "Code for the guest",
		secret: "Anyone with this code can watch. It is shown once.",
		command: "On a computer, run:",
		guestCommand: "The guest runs:",
		browser: "Or open this in a browser, with nothing installed:",
		ends: (days: number) =>
			`It is valid for ${days === 1 ? "1 day" : `${days} days`}, or until you log out everywhere (page Settings).`,
		back: "Back",
		copy: "Scan it, or copy the text:",
		qr: "QR code",
	}),
	wrong: Object.freeze({
		days: (most: number) => `Days must be a number from 1 to ${most}.`,
		kind: "A pairing is for a viewer or a guest.",
		home: (most: number) => `The name of the home must have 1 to ${most} characters.`,
		server: "The key of the rendezvous server is not valid: correct --rendezvous.",
	}),
});
