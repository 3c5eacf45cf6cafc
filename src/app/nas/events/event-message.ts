import { toHex } from "../../../base/hex";
import { toJson } from "../../../base/json";
import { HmacSha256 } from "../../../base/sha256";
import { utf8Encode } from "../../../base/text";
import type { RecordedEvent } from "../../../storage/recorded-event";
import type { Node } from "../../node";
import { urlOf } from "../../url-of";
import type { NasServices } from "../nas-services";

/** What became of an event, as messages say it. */
export type EventNews = "began" | "ended";

/** What a message about an event says of the NAS comes from these. */
export type EventContext = Pick<NasServices, "node" | "fleet" | "recorder">;

/** Describes an event for programs: for the webhook, and for MQTT. Times are milliseconds since 1970. */
export function eventJson(news: EventNews, event: RecordedEvent, nas: EventContext): string {
	const { camera, kind, from, to, still, score, label } = event;
	const { id } = nas.node.identity;
	const { name } = nas.fleet.self;
	const title = nas.recorder.camera(camera)?.title ?? camera;
	const url = lanUrl(nas.node);
	return toJson({
		type: news,
		event: { id: event.id, camera, title, kind, from, to: to ?? null, still, score, label },
		nas: { id, name },
		picture: `${url}events/${event.id}/picture.jpg`,
		timeline: `${url}timeline?camera=${camera}&at=${from}`,
	});
}

/** Where the pages are in the LAN, with a slash at the end; empty while not known. */
export function lanUrl({ addresses, settings, isSecure }: Node): string {
	const { paths } = addresses;
	return paths.length === 0 ? "" : urlOf(paths[0].address, settings.httpPort, isSecure);
}

/**
 * Signs the body of a message: `t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.BODY`. A receiver computes it again, and rejects
 * messages that are older than some minutes, so that nobody can send one again.
 */
export function signatureOf(secret: string, seconds: number, body: Uint8Array): string {
	const code = new HmacSha256(utf8Encode(secret)).sign(utf8Encode(`${seconds}.`), 0, undefined, body);
	return `t=${seconds},v1=${toHex(code)}`;
}
