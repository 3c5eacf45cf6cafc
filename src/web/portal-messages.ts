/*
 * All text on the page of all cameras, in English: translate it as messages.ts says.
 */

/** The text of the page of all cameras; functions fill in values. Not yet escaped for HTML. */
export const PORTAL_MESSAGES = Object.freeze({
	title: "Cameras",
	self: "This camera",
	picture: (name: string) => `Picture of ${name}`,
	representative: "representative",
	search: "Search",
	searchLong: "Search cameras by name",
	group: "Group",
	allGroups: "All groups",
	noneFound: "No camera matches.",
	size: "Size of pictures",
	sizes: Object.freeze([
		Object.freeze(["s", "Small"]),
		Object.freeze(["m", "Medium"]),
		Object.freeze(["l", "Large"]),
	]) as readonly (readonly [string, string])[],
	wall: "Full screen",
	wallEnd: "Close",
	add: "Add to this fleet",
	addNow: "Add",
	addNamed: (name: string) => `Add ${name} to this fleet`,
	addPassword: (name: string) => `Password that ${name} showed at its first start`,
	addMeans: "One password is good for all devices then, and strangers can't pose as one.",
	codeUse: "Log in at the device that is to join, and enter the code on its Fleet page under “Join another fleet”.",
	joinOther: "Join that fleet by a code",
	outside: (name: string, address: string) =>
		`A device at ${address}${name === address ? "" : ` that calls itself ${name}`} is not in this fleet. Add it if it is yours.`,
	otherFleet: (name: string, address: string) =>
		`A device at ${address}${name === address ? "" : ` that calls itself ${name}`} is in another fleet.`,
	next: Object.freeze({
		title: "What to do next",
		password: "Choose a password of your own",
		name: "Give this device a name",
		another: "Connect another camera or a NAS to the same router. It appears here by itself.",
		apart: "Turn on remote access. While it is off, this device and the others do not list each other.",
		add: "Add your other devices to this fleet, so that one password is good for all of them.",
		addChosen: "One whose first password was changed joins by a code:",
	}),
	fromAnywhere: "From anywhere",
	fromAnywhereMeans: "Open this address on any phone or computer, and log in.",
	publicAddress: "the public address",
	share: "Share",
	qr: "QR code",
	qrOf: (address: string) => `QR code of ${address}`,
	addresses: "Addresses",
	rtsp: "For video players (RTSP):",
	rtspOf: (name: string) => `the RTSP address of ${name}`,
	ways: "How it is reached",
	waysOf: (name: string) => `How ${name} is reached`,
	rtspOutside: "For video players on the Internet:",
	rtspOutsideOf: (name: string) => `the RTSP address of ${name} on the Internet`,
	/** Of a NAS; an empty day: it has no recordings. */
	storage: (used: number, free: number, since: string) => {
		const taken = used > 0 ? `${used} GB used, ` : since === "" ? "" : "Less than 0.1 GB used, ";
		const space = taken === "" && free === 0 ? "" : `${taken}${free} GB free. `;
		return space + (since === "" ? "Nothing recorded yet" : `Recordings since ${since}`);
	},
	notRecording: "Recording failed",
	notYetRecording: "Not recording yet",
	noPicture: "Viewable only on your home network.",
	noTicket: "Add it to this fleet to see its picture here, or open it and log in there.",
	logInThere: "Open it and log in there to see its picture.",
	absent: "Offline",
	absentSince: "Offline since",
	absentMeans: "This camera has not answered for a while. Check its power and its network.",
	forget: "Remove",
	forgetAsk: (name: string) => `Remove ${name} from the list? It appears again when it is back.`,
	forgetNamed: (name: string) => `Remove ${name} from this list`,
	rename: "Rename",
	name: "Name",
	save: "Save",
	came: "% is online.",
	gone: "% went offline.",
	lost: "No connection to this device since %. Reconnecting…",
	back: "Reconnected.",
	since: "No picture since %.",
	never: "No picture yet.",
	/** The state of a camera. */
	health: Object.freeze({
		ok: "Online",
		"no-pictures": "No picture: video source failed",
		silent: "Not responding",
		unreachable: "Not reachable from the Internet",
	}),
});
