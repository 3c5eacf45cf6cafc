import { parseUrl } from "../wire/http-url";
import { schema } from "./schema";
import { integer, text } from "./setting";

/** Settings of events: how often motion is looked for, and who is told (STR-26). */
export const EVENTS_SCHEMA = schema("Events", {
	motionRate: integer({
		min: 0,
		max: 15,
		default: 5,
		unit: "pictures per second",
		placeholder: "N",
		editable: true,
		restart: true,
		help: "how many pictures per second of each camera are searched for motion; 0: none",
	}),
	webhook: text({
		placeholder: "URL",
		secret: true,
		check: (value) => value === "" || parseUrl(value) !== undefined,
		expected: "a URL that begins with http:// or https://",
		help: "URL that gets an HTTP POST with JSON when an event begins and when it ends",
	}),
	webhookSecret: text({
		placeholder: "SECRET",
		secret: true,
		expected: "any text",
		help: "key by which requests to the webhook are signed: the header X-Porthole-Signature has the HMAC-SHA256 of time, dot and body; empty: they are not",
	}),
});
