/*
 * All text about rendezvous servers, in English: translate it as messages.ts says.
 */

/** The text of a rendezvous server's own page and of its notices; functions fill in values. Not yet escaped for HTML. */
export const RENDEZVOUS_MESSAGES = Object.freeze({
	name: "Rendezvous",
	setting: "Setting for devices",
	settingHelp:
		"Give this to cameras and other devices as --rendezvous. Devices of one home find each other by the key of their fleet, and viewers by pairing.",
	state: "State",
	devices: "Registered devices",
	homes: "Homes",
	connections: "Connections by WebSocket",
	introductions: "Introductions",
	refreshes: "Registrations and refreshes",
	refused: "Refused requests",
	kinds: Object.freeze({
		all: "public addresses, matching, keep-alives",
		address: "public addresses only",
		matching: "matching only",
		keepalive: "keep-alives only",
	}),
	serves: "Serves",
	openTo: "Open to",
	anyHome: "any home",
	someHomes: (count: number) => `${count} homes of its list`,
	turn: "TURN server",
	noTurn: "none: pairs of devices without a direct path can't be connected",
	store: "Shared store",
	noStore: "none: this instance is alone",
	instance: (name: string) => `this instance is ${name}`,
	notices: Object.freeze({
		socket: (port: number, fault: string) => `UDP port ${port} can't be opened: ${fault}.`,
		socketRemedy: "End the other program, or choose another port with --udp-port. It is tried again.",
		store: (fault: string) => `The store that the instances share does not answer: ${fault}.`,
		storeRemedy: "Devices that have registered here are still found here. The others come back when it answers.",
		turn: (fault: string) => `The TURN server is not found: ${fault}.`,
		turnRemedy: "Check --turn. Without it, pairs of devices without a direct path can't be connected.",
		full: (count: number) => `All ${count} places for registered devices are taken.`,
		fullRemedy: "Devices are refused. Raise --registrations, or add another instance.",
	}),
});
