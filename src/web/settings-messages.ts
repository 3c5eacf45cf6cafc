/*
 * All text on the page of settings, in English: translate it as messages.ts says.
 */

/** What a device is called on its own pages. */
export type DeviceName = "camera" | "NAS";

/** The text of the page of settings; functions fill in values. Not yet escaped for HTML. */
export const SETTINGS_MESSAGES = Object.freeze({
	title: "Settings",
	name: "Name",
	nameOf: (device: DeviceName) => (device === "NAS" ? "NAS name" : "Camera name"),
	save: "Save",
	saveNamed: (what: string) => `Save ${what}`,
	pending: (device: DeviceName, names: string) => `Restart the ${device} to apply your changes: ${names}.`,
	pendingStop: (device: DeviceName, names: string) =>
		`Stop the ${device}'s program and start it again to apply your changes: ${names}.`,
	passwords: "Passwords",
	ownerPassword: "New owner password (full access)",
	viewerPassword: "New viewer password (view only; leave blank to disable)",
	passwordRules: "Use 8 to 64 characters. Changing a password logs out everyone else.",
	again: "Confirm password",
	setPassword: "Set password",
	links: "Viewer links",
	linksHint: "Anyone with a viewer link can watch without a password until it expires or you revoke it.",
	makeLink: "Create link",
	lan: "Home network access",
	lanAsks: "Password required",
	lanOpen: "Anyone on the home network has full access",
	logOutHint: "Logs out every device, including this one, and cancels all viewer links.",
	logOutAsk: "Log out everywhere? All viewer links end too, and you have to log in again.",
	logOutAll: "Log out everywhere",
	internet: "Remote access",
	mappingOn: "Remote access is on.",
	mappingOff: "Remote access is off: viewable only on your home network, and not in the list of the other devices.",
	mappingPin: "Remote access is off, because the switch on the camera is off.",
	switchOn: "Turn on",
	switchOff: "Turn off",
	switchOffAsk: (device: DeviceName) =>
		`Turn off remote access? The ${device} can't be reached from the Internet then, and leaves the fleet: the other devices neither list it nor record it.`,
	ports: "Ports",
	httpPort: "Internal port",
	representativePorts: "External ports of the representative, separated by commas (the same for all devices)",
	layout: "Internal port for Internet connections",
	layoutFixed: "Always use the port above",
	layoutSame: "Use the same port as on the router",
	hostName: "Host name of your router (dynamic DNS), if any",
	after: "Takes effect after a restart.",
	more: "Advanced",
	search: "Search the settings",
	nothing: "No setting matches.",
	fleet: "Fleet",
	fleetLink: "Fleet key and joining devices",
	time: "Time",
	timeIs: (device: DeviceName) => `The ${device}'s clock says:`,
	noTime: (device: DeviceName) => `The ${device} doesn't know the time: links and sessions may not expire on time.`,
	takeTime: "Use this browser's time",
	version: "Version and updates",
	versionIs: (version: string) => `This is version ${version}.`,
	restartAsk: (device: DeviceName) =>
		`Restart the ${device}? It goes offline for a few seconds. Another device takes over meanwhile, if there is one.`,
	restartNow: (device: DeviceName) => `Restart ${device}`,
	/** How each kind of host is updated. */
	updates: Object.freeze({
		node: "To update, install the new version, then restart it.",
		linux: "To update, install the new package with dpkg -i; the service restarts automatically.",
		esp32: "To update, connect the board by USB and flash the new firmware. Your settings are kept.",
		other: "To update, stop the program, install the new version and start it again.",
	}) as Readonly<Record<string, string>>,
	/** The page that waits for a restart. */
	restart: Object.freeze({
		title: "Restarting…",
		soon: "Back in a few seconds. This page continues automatically.",
		manual: "If it doesn't, open:",
		back: "Back to settings",
	}),
});
