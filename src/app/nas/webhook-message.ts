import { toHex } from "../../base/hex";
import { toJson } from "../../base/json";
import { HmacSha256 } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import type { RecordedEvent } from "../../storage/recorded-event";

/** What became of an event, as messages say it. */
export type EventNews = "began" | "ended";

/** What a message about an event says besides the event. */
export interface EventContext {
	/** The identity and the name of the NAS. */
	readonly id: string;
	readonly name: string;
	/** The name of the camera. */
	readonly title: string;
	/** Where the pages are in the LAN, with a slash at the end; may be empty. */
	readonly url: string;
}

/** Describes an event for programs: for the webhook, and for MQTT. Times are milliseconds since 1970. */
export function eventJson(news: EventNews, event: RecordedEvent, { id, name, title, url }: EventContext): string {
	const { camera, kind, from, to, still, score, label } = event;
	return toJson({
		type: news,
		event: { id: event.id, camera, title, kind, from, to: to ?? null, still, score, label },
		nas: { id, name },
		picture: `${url}events/${event.id}/picture.jpg`,
		timeline: `${url}timeline?camera=${camera}&at=${from}`,
	});
}

/**
 * Signs the body of a message: `t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.BODY`. A receiver computes it again, and rejects
 * messages that are older than some minutes, so that nobody can send one again.
 */
export function signatureOf(secret: string, seconds: number, body: Uint8Array): string {
	const code = new HmacSha256(utf8Encode(secret)).sign(utf8Encode(`${seconds}.`), 0, undefined, body);
	return `t=${seconds},v1=${toHex(code)}`;
}
