/*
 * All text on the ONVIF page, in English: translate it as messages.ts says.
 */

/** The text of the page; functions fill in values. Not yet escaped for HTML. */
export const ONVIF_MESSAGES = Object.freeze({
	nav: "ONVIF",
	title: "ONVIF",
	about:
		"Recorders and home automation on your network find this camera by ONVIF: Home Assistant, Frigate, Synology, Blue Iris and others. They ask for these:",
	recipe: "ONVIF programs: Synology, Blue Iris, Agent DVR",
	where: "Let the program search, or give it these. The password is on the ONVIF page of this camera.",
	host: "Host",
	port: "Port",
	address: "Address",
	user: "User",
	password: "Password",
	mayDo: "With this password a program can watch this camera and turn it, and nothing else.",
	changes:
		"It changes when your own passwords are changed, and by “Log out everywhere” on the Settings page. The cameras of a fleet with a key have the same.",
	ownLogin: "Programs that log in by HTTP Digest can also use your own user and password.",
	noH264:
		"This camera sends JPEG only. Home Assistant and Frigate want H.264 by ONVIF. On Node.js start the camera with --h264 on, which needs ffmpeg; or give them the addresses on the camera's page.",
	noStream: "The stream server (RTSP) is off, so programs get single pictures only.",
	off: "To switch ONVIF off, use the settings page or start the camera with --onvif off.",
	clients: (count: number) =>
		count === 1 ? "One program waits for motion now." : `${count === 0 ? "No" : count} programs wait for motion now.`,
});
