/*
 * The text of the pages of `porthole view` itself, in English: translate it as messages.ts says.
 */

/** The text of these pages; functions fill in values. Not yet escaped for HTML. */
export const VIEW_MESSAGES = Object.freeze({
	title: "Connections",
	cameras: "Cameras",
	about:
		"porthole view connects this machine to the devices of the home. The addresses below work on this machine only. A device is connected when somebody opens one of them.",
	portal: "All cameras",
	portalAbout: (device: string, isAny: boolean) =>
		isAny ? `Shown by ${device}. If it is lost, another device of the home takes its place.` : `Shown by ${device}.`,
	/** Only one device was found. */
	alone:
		"It is the only device of this home at the rendezvous server. Others can be opened from here once they have the setting rendezvous, too.",
	states: Object.freeze({
		idle: "Not connected",
		connecting: "Connecting",
		connected: "Connected",
		failed: "Can't be reached",
	}),
	idle: "Nobody has opened it, or not for a while.",
	/** What happens on the way to a device. */
	steps: Object.freeze({
		server: "server",
		found: "found",
		introduced: "introduced",
		checking: "checking",
		connected: "connected",
	}),
	stepAfter: (seconds: string, step: string, detail: string) =>
		`${seconds} s: ${step}${detail === "" ? "" : `: ${detail}`}`,
	/** Said of a device. */
	revoked: "The owner has revoked this pairing, or its time is over: pair again.",
	before: (reason: string) => `Before: ${reason}.`,
	failed: (reason: string) => `It is tried again. Last time: ${reason}.`,
	failedIdle: (reason: string) => `Last time: ${reason}.`,
	path: "Way in use",
	pathAt: (path: string, address: string) => `${path} (${address})`,
	roundTrip: "Round trip",
	millis: (millis: number) => `${millis} ms`,
	unknown: "not known yet",
	traffic: "Received, sent",
	since: "Since",
	pages: "Pages",
	players: "Video players (RTSP)",
	pagesOf: (device: string) => `the address of the pages of ${device}`,
	playersOf: (device: string) => `the RTSP address of ${device}`,
	portalOf: "the address of all cameras",
	gone: "porthole view does not answer: it has ended, or this machine was asleep.",
	needsPass:
		"Open the address of this page that porthole view shows on its terminal: it ends with the pass of the home, which this browser then remembers.",
	/** The page in place of a device that is not connected. */
	waiting: Object.freeze({
		title: (device: string) => `${device} is not connected`,
		connecting: "It is being connected.",
		failed: (reason: string) => `It can't be reached: ${reason}.`,
		goesOn: "This page goes on to the device by itself when it is connected.",
		all: "All connections",
	}),
});
