/*
 * All text on the pages about relays, in English: translate it as messages.ts says.
 */

/** The text of the pages about relays; functions fill in values. Not yet escaped for HTML. */
export const RELAYS_MESSAGES = Object.freeze({
	nav: "Relays",
	title: "Relays",
	about: "A relay gets each camera's stream once and sends it to many viewers.",
	open: "Relays need a fleet with a key: create one on the Fleet page.",
	none: "No relay is registered. A relay runs on any machine with a public address (porthole relay): show its key below, and start it with that.",
	noneViewer: "No relay is registered.",
	registered: "Registered relays",
	relay: (name: string, host: string, room: number) => `${name} at ${host}: room for ${room} more viewers`,
	watching: "Watch through a relay",
	watch: (camera: string, relay: string) => `${camera} through ${relay}`,
	key: Object.freeze({
		heading: "Key for a relay",
		about:
			"Give the relay its name and this key; with them it registers here, and its viewers need tickets that this fleet signs.",
		name: "Name of the relay",
		show: "Show its key",
		title: (name: string) => `Key of the relay ${name}`,
		table: "Write this line into the relay's table, the file relay.table:",
		start: "Start the relay:",
		use: "The URL must lead from the relay to this page: change it if the relay reaches this device by another address. Keep the line secret: everybody who has its key can sign tickets for this relay, and gets the cameras' streams, until the fleet has a new key. You can see it here again.",
		back: "Back to the relays",
	}),
	link: Object.freeze({
		heading: "Link to a camera through a relay",
		about: "Anyone who has the link can watch this camera through the relay until it expires.",
		relay: "Relay",
		camera: "Camera",
		viewer: "For",
		viewerHint: "a name for the ledger",
		hours: "Hours",
		make: "Make the link",
		title: "Link through a relay",
		ends: (hours: number) => `It is valid for ${hours} h. You won't see it again.`,
	}),
	live: Object.freeze({
		title: (camera: string, relay: string) => `${camera} through ${relay}`,
		picture: (camera: string) => `Live picture of ${camera}`,
		browser: "For browsers:",
		player: "For players:",
	}),
	wrong: Object.freeze({
		name: "The name must have 1 to 32 letters, digits, dots, hyphens and underscores.",
		viewer: "The name must have 1 to 32 letters, digits and the characters . _ - @",
		noKey: "The fleet has no key.",
		relay: "This relay is not registered.",
		room: "No relay has room for another viewer.",
		login: "Log in to watch through a relay. The date must be known, too.",
		camera: "This camera is not in the fleet.",
		hours: (most: number) => `Hours must be a number from 1 to ${most}.`,
		date: "The date is not known yet.",
		ticket: "The ticket is not valid.",
		registration: "The registration is malformed.",
		network: "This device has no network address yet.",
		signature: "The registration is not signed with the key of a relay of this fleet, or the clocks differ.",
	}),
	detour: "This camera has no room for another viewer, but a relay has.",
	notices: Object.freeze({
		notRegistered: (origin: string, why: string) => `This relay is not registered with ${origin}: ${why}.`,
		notRegisteredRemedy: "Check the origin's URL and key in the relay's table, and the clocks of both machines.",
	}),
});
