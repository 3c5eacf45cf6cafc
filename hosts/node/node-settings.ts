import { PASSWORD_SETTING } from "../../src/settings/access-settings";
import { HOST_SETTINGS } from "../../src/settings/host-settings";
import type { Setting } from "../../src/settings/setting";

/** Settings that only the Node.js host has, beside those of every camera. */
export const NODE_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "source",
		value: "SPEC",
		kind: "text",
		standard: "synthetic",
		expected: "synthetic, a device, a file, a folder of JPEG files, or a URL",
		help: "where pictures come from: synthetic, a JPEG or MJPEG file, a folder of JPEGs, or what ffmpeg opens: /dev/video0, rtsp://…, a video file",
	},
	...HOST_SETTINGS,
]);

/** The settings of `porthole demo` beside those of its cameras. */
export const DEMO_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "cameras",
		value: "N",
		kind: "integer",
		min: 1,
		max: 12,
		standard: "3",
		help: "how many cameras there are to begin with",
	},
	{
		name: "port",
		value: "PORT",
		kind: "integer",
		min: 1,
		max: 65000,
		standard: "8080",
		help: "the representative's port on this machine; the other cameras get the ports after it",
	},
	{ ...PASSWORD_SETTING, help: 'password of the user "owner"; empty: one is drawn and printed' },
	{
		name: "listen",
		value: "ADDRESS",
		kind: "text",
		standard: "127.0.0.1",
		expected: "an IPv4 address of this machine",
		help: "the address that the demo's ports open on",
	},
	{
		name: "log-level",
		value: "WORD",
		kind: "choice",
		of: ["error", "warn", "info", "debug"],
		standard: "warn",
		help: "how much is logged on standard error",
	},
]);
