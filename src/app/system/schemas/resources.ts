import type { ApiDescription, ApiField } from "../../../web/api";
import { answer, type DescribedAnswer, type JsonSchema, text } from "../../../web/json-schema";

/** A span of recordings. */
const FROM: ApiField = Object.freeze({
	name: "from",
	type: "string",
	about: "milliseconds since 1970, or ISO 8601 in UTC",
	example: "2026-01-01T00:00:00Z",
	needed: true,
});
const TO: ApiField = Object.freeze({
	name: "to",
	type: "string",
	about: "milliseconds since 1970, or ISO 8601 in UTC",
	example: "2026-01-01T00:10:00Z",
	needed: true,
});
const AT: ApiField = Object.freeze({
	name: "at",
	type: "string",
	about: "milliseconds since 1970, or ISO 8601 in UTC; the nearest picture counts",
	example: "2026-01-01T00:05:00Z",
	needed: true,
});
const BUSY = [503, "too many viewers; Retry-After says how many seconds to wait"] as const;
const NOWHERE = [404, "there is no such camera, or no recording at that time"] as const;
const NO_H264 = [415, "the recording is H.264, and pictures of it are not made"] as const;

const FLEET_REFUSALS: readonly (readonly [number, string])[] = Object.freeze([
	[403, "a guest may see this device only"] as const,
]);

function exported(format: string, type: string, about: string): ApiDescription {
	return Object.freeze({
		method: "GET",
		path: `/recordings/{key}/export.${format}`,
		need: "viewer",
		about: `A span of recordings as a file to save: ${about}.`,
		query: Object.freeze([FROM, TO]),
		type,
		refusals: Object.freeze([NOWHERE, [415, "this format can't hold the encoding of the span"] as const, BUSY]),
	});
}

function locking(path: string, about: string): ApiDescription {
	return Object.freeze({
		method: "POST",
		path,
		need: "owner",
		about,
		fields: Object.freeze([FROM, TO]),
		refusals: Object.freeze([NOWHERE]),
	});
}

/**
 * Describes pictures, videos and other resources for programs that are no operations. The document has those that a part of
 * the device serves.
 */
export const RESOURCES: readonly ApiDescription[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/snapshot.jpg",
		need: "pictures",
		about: "One picture, taken now.",
		query: Object.freeze([
			Object.freeze({
				name: "width",
				type: "number",
				about:
					"how wide it is shown, in pixels: a device that can scale sends a smaller picture that is at least as wide",
				example: 320,
			} as const),
		]),
		type: "image/jpeg",
		refusals: Object.freeze([[503, "the camera has no picture; the text gives the reason"] as const]),
	}),
	Object.freeze({
		method: "GET",
		path: "/stream.mjpeg",
		need: "pictures",
		about: "The live picture: Motion JPEG without end.",
		query: Object.freeze([
			Object.freeze({ name: "fps", type: "number", about: "at most so many pictures per second", example: 5 } as const),
		]),
		type: "multipart/x-mixed-replace",
		refusals: Object.freeze([[307, "there is no room here, but at a relay"] as const, BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/metrics",
		need: "viewer",
		about: "The metrics of this device for Prometheus (text exposition format 0.0.4).",
		type: "text/plain",
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/inventory",
		need: "viewer",
		about:
			"All devices of the fleet, for operators. In a fleet with a key the others are asked for what they do not announce; those that do not answer within some seconds are listed without.",
		refusals: FLEET_REFUSALS.concat([BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/inventory.csv",
		need: "viewer",
		about: "The same as CSV with a line of headings (RFC 4180), for spreadsheets.",
		type: "text/csv",
		refusals: FLEET_REFUSALS.concat([BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/ways",
		need: "owner",
		about:
			"By which ways viewers reach each device of the fleet, which kind of NAT is in front of it, which row of the address management table serves video players, and why the other ways do not work.",
		refusals: Object.freeze([BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/fleet/metrics",
		need: "viewer",
		about: "Metrics of the whole fleet, as its announcements tell, for Prometheus; names are labels.",
		type: "text/plain",
		refusals: FLEET_REFUSALS,
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/fleet/targets",
		need: "viewer",
		about: "The metrics of all devices of the fleet as targets for Prometheus (http_sd_configs).",
		refusals: FLEET_REFUSALS,
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/changes",
		need: "viewer",
		about:
			"Server-sent events, as long as the connection is open: `cameras` with the answer to GET /api/v1/cameras, `notices` with what the owner should know, now and whenever it changes; `beat` every 5 seconds.",
		type: "text/event-stream",
		refusals: Object.freeze([BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/recordings/{key}/picture.jpg",
		need: "viewer",
		about: "The recorded picture that is nearest to a time; X-Timestamp says when it was taken.",
		query: Object.freeze([
			AT,
			Object.freeze({
				name: "width",
				type: "number",
				about: "how wide it is shown, in pixels: a quarter of the picture or less gets a thumbnail",
				example: 160,
			} as const),
		]),
		type: "image/jpeg",
		refusals: Object.freeze([NOWHERE, NO_H264, BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/recordings/{key}/video.mjpeg",
		need: "viewer",
		about: "Recorded pictures as Motion JPEG, each at its time. Without to it follows a camera that is being recorded.",
		query: Object.freeze([
			FROM,
			Object.freeze({ ...TO, needed: false }),
			Object.freeze({
				name: "speed",
				type: "number",
				about: "0.0625 to 1000, or the same below zero to play backwards",
				example: 1,
			} as const),
		]),
		type: "multipart/x-mixed-replace",
		refusals: Object.freeze([NOWHERE, NO_H264, BUSY]),
	}),
	Object.freeze({
		method: "GET",
		path: "/recordings/{key}/video.mp4",
		need: "viewer",
		about: "Recorded H.264 for browsers, with ranges; begins at the key picture at or before from.",
		query: Object.freeze([FROM, TO]),
		type: "video/mp4",
		refusals: Object.freeze([NOWHERE, [415, "the recording is no H.264"] as const, BUSY]),
	}),
	exported("mkv", "video/x-matroska", "Matroska"),
	exported("mp4", "video/mp4", "MP4, of H.264"),
	exported("mov", "video/quicktime", "QuickTime, of JPEG"),
	exported("avi", "video/x-msvideo", "AVI, of JPEG"),
	Object.freeze({
		method: "GET",
		path: "/api/v1/recordings/{key}/picture",
		need: "viewer",
		about: "Time, encoding and size of the recorded picture that is nearest to a time; of H.264, of the key picture.",
		query: Object.freeze([AT]),
		refusals: Object.freeze([NOWHERE, BUSY]),
	}),
	locking(
		"/api/v1/recordings/{key}/lock",
		"Locks all recordings that overlap a span: they are kept, whatever the limits.",
	),
	locking("/api/v1/recordings/{key}/unlock", "Unlocks all recordings that overlap a span."),
	Object.freeze({
		method: "GET",
		path: "/events/{id}/picture.jpg",
		need: "viewer",
		about: "The picture that shows an event best. It becomes better while the event lasts.",
		type: "image/jpeg",
		refusals: Object.freeze([[404, "there is no such event, or no picture of it"] as const]),
	}),
	Object.freeze({
		method: "GET",
		path: "/events/live.jpg",
		need: "viewer",
		about: "The newest picture of a camera that is looked at for motion.",
		query: Object.freeze([
			Object.freeze({
				name: "camera",
				type: "string",
				about: "the key of the camera",
				example: "14d957c4f6f78bd3",
				needed: true,
			} as const),
		]),
		type: "image/jpeg",
		refusals: Object.freeze([[404, "there is no such camera, or no picture of it"] as const]),
	}),
]);

/** Octets of a picture or a video. */
const BINARY: JsonSchema = Object.freeze({ type: "string", format: "binary" });

const METRICS_EXAMPLE =
	"# HELP porthole_viewers Viewers of the live stream.\n# TYPE porthole_viewers gauge\nporthole_viewers 2\n";

const FLEET_METRICS_EXAMPLE =
	'# HELP porthole_fleet_device_up 1: the device is heard; 0: it is silent.\n# TYPE porthole_fleet_device_up gauge\nporthole_fleet_device_up{id="14d957c4f6f78bd3",name="Garden"} 1\n';

const CHANGES_EXAMPLE = "retry: 3000\n\nevent: notices\ndata: []\n\n";

/** What {@link RESOURCES} answer, but those whose answer is JSON. */
export const RESOURCE_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /metrics", text(), METRICS_EXAMPLE),
	answer("GET /api/v1/fleet/metrics", text(), FLEET_METRICS_EXAMPLE),
	answer("GET /api/v1/changes", text("server-sent events"), CHANGES_EXAMPLE),
	...RESOURCES.filter(({ type = "" }) => type !== "" && !type.startsWith("text/")).map(({ method, path }) =>
		answer(`${method} ${path}`, BINARY, undefined),
	),
]);
