import { parseHttpSource } from "../wire/http-source-url";
import { parseSourceUrl } from "../wire/rtsp-source-url";
import { WeekSchedule } from "../wire/week-schedule";
import { schema } from "./schema";
import { choice, integer, onOff, text } from "./setting";

/** The most cameras at URLs. */
export const URL_CAMERAS_MAX = 64;

/** A camera at a URL, as the settings name it. */
export interface UrlCamera {
	readonly key: string;
	readonly url: string;
}

/** Settings of what is recorded, and when. */
export const RECORDER_SCHEMA = schema("Recorder", {
	record: choice({
		of: ["continuous", "scheduled", "event", "demand", "off"],
		default: "continuous",
		editable: true,
		restart: true,
		help: "when cameras are recorded, unless the owner sets it for one: always, at the times of the schedule, around events, when asked for, or never",
	}),
	recordUrls: text({
		placeholder: "NAME=URL …",
		secret: true,
		check: (value) => parseUrlCameras(value) !== undefined,
		expected:
			"NAME=URL with spaces between them: names of lower-case letters, digits and hyphens, URLs that begin with rtsp, rtsps, http or https",
		help: "cameras to record besides those of the fleet: door=rtsp://user:password@192.168.0.7/stream yard=http://192.168.0.8/video.mjpg; a settings file hides the passwords from other users of this machine",
	}),
	recordRate: integer({
		min: 1,
		max: 60,
		default: 5,
		unit: "pictures per second",
		placeholder: "N",
		editable: true,
		restart: true,
		help: "how many JPEG pictures per second are asked of each camera and recorded; H.264 is recorded as it comes",
	}),
	recordQuietRate: integer({
		min: 0,
		max: 60,
		default: 0,
		unit: "pictures per second",
		placeholder: "N",
		editable: true,
		restart: true,
		help: "how many JPEG pictures per second are recorded while there is no event, in the modes continuous and scheduled; of H.264 only key frames are then; 0: all",
	}),
	recordH264: onOff({
		default: true,
		editable: true,
		restart: true,
		help: "on: record the H.264 of cameras that have it, which takes a tenth of the space; off: JPEG, of which each picture can be shown at once",
	}),
	recordSchedule: text({
		placeholder: "TIMES",
		editable: true,
		restart: true,
		check: (value) => WeekSchedule.parse(value) !== undefined,
		expected: 'days and times such as "mon-fri 08:00-18:00, sat sun 22:00-06:00"',
		help: 'when cameras in the mode scheduled are recorded, by the local time of this machine: "mon-fri 08:00-18:00, sat sun 22:00-06:00"',
	}),
	preRoll: integer({
		min: 0,
		max: 60,
		default: 5,
		unit: "seconds",
		editable: true,
		restart: true,
		help: "how long before an event the recording begins, in the mode event",
	}),
	postRoll: integer({
		min: 0,
		max: 600,
		default: 10,
		unit: "seconds",
		editable: true,
		restart: true,
		help: "how long after an event the recording goes on, in the mode event",
	}),
	preRollMemory: integer({
		min: 1,
		max: 4096,
		default: 32,
		unit: "MB",
		placeholder: "MB",
		help: "memory for the pictures before events, for all cameras together; recordings begin later where it is too small",
	}),
	cameraPassword: text({
		placeholder: "PASSWORD",
		secret: true,
		expected: "a password",
		help: "password with which this NAS logs in to the cameras of a fleet without a key (HTTP Digest); with a key none is needed",
	}),
	cameraUser: choice({
		of: ["viewer", "owner"],
		default: "viewer",
		help: "the user of --camera-password",
	}),
});

/** Reads the cameras at URLs; `undefined` when the text is malformed. */
export function parseUrlCameras(value: string): readonly UrlCamera[] | undefined {
	const cameras: UrlCamera[] = [];
	for (const word of value.split(" ")) {
		if (word === "") continue;
		const equals = word.indexOf("=");
		const key = word.slice(0, Math.max(0, equals));
		const url = word.slice(equals + 1);
		const isUrl = parseHttpSource(url) !== undefined || parseSourceUrl(url) !== undefined;
		const isTaken = cameras.some((camera) => camera.key === key);
		if (!isKey(key) || !isUrl || isTaken || cameras.length >= URL_CAMERAS_MAX) return undefined;
		cameras.push({ key, url });
	}
	return cameras;
}

/** Whether text can be the key of a camera, and is not like the identity of a camera of the fleet. */
function isKey(text: string): boolean {
	if (text.length < 1 || text.length > 48 || text[0] === "-") return false;
	let isHex = text.length === 16;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const isDigit = code >= 48 && code <= 57;
		if (!isDigit && !(code >= 97 && code <= 122) && code !== 45) return false;
		if (!isDigit && !(code >= 97 && code <= 102)) isHex = false;
	}
	return !isHex;
}
