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
		help: "in how many pictures of each camera motion is looked for; 0: in none",
	}),
	webhook: text({
		placeholder: "URL",
		secret: true,
		check: (value) => value === "" || parseUrl(value) !== undefined,
		expected: "a URL that begins with http:// or https://",
		help: "is told of each event by an HTTP POST with JSON, when it begins and when it ends",
	}),
	webhookSecret: text({
		placeholder: "SECRET",
		secret: true,
		expected: "any text",
		help: "signs what the webhook is told: the field X-Porthole-Signature has the HMAC-SHA256 of time, dot and body; empty: not signed",
	}),
});
