/*
 * All text on the Fleet page, in English: translate it as messages.ts says.
 */

/** The text of the Fleet page, and how joining a fleet went; functions fill in values. Not yet escaped for HTML. */
export const FLEET_MESSAGES = Object.freeze({
	title: "Fleet",
	sealed: "This fleet is protected by a key: no other device can pose as one of its cameras.",
	open: "This fleet is unprotected:",
	openMeans:
		"any device on the home network can pose as one of its cameras. Create a key, then let your other devices join.",
	outside: (address: string) =>
		`A device at ${address} is not in this fleet. To add it, enter this fleet's join code on its Fleet page.`,
	otherFleet: (address: string) =>
		`A device at ${address} is in a fleet with a key. To join that fleet, enter its join code below.`,
	key: "Key",
	joinTitle: "Join another fleet",
	codeName: "join code",
	code: "Join code, valid for 10 minutes:",
	codeIs: (code: string) => `Join code: ${code}`,
	codeUse: "Enter it on the Fleet page of each new camera or NAS, or start it with --join-code.",
	showCode: "Show join code",
	makeKey: "Create a fleet key",
	joinCode: "Join code shown by a device of that fleet",
	join: "Join",
	joinMeans: "Then that fleet's passwords apply here, and one login works for all its devices.",
	joinAsk: "Join that fleet? Its passwords replace those of this device.",
	/** How joining or adding went. */
	outcome: Object.freeze({
		waiting: "Waiting for the device that shows this code.",
		joined: "This device has joined the fleet.",
		failed: (why: string) => `Could not join: ${why}.`,
		adding: (name: string) => `Adding ${name}… This takes up to 10 seconds.`,
		added: (name: string) => `${name} is in this fleet now. Your password here is good for it too.`,
		notAdded: (name: string) =>
			`${name} did not accept that password. Enter the one that it showed at its first start. If that password was changed, show a join code, and enter it on the Fleet page of ${name}.`,
		notHanded: (name: string, why: string) => `${name} was not added: ${why}.`,
		unanswered: "no device answered to this join code within a minute",
		noKey: "the answer was not a key",
		notStored: (why: string) => `the key can't be stored (${why})`,
	}),
});
