import { latin1, utf8Encode } from "../../base/text";
import type { RelayProtocol } from "../relayed-content";

const LF = 10;

/**
 * Changes a viewer's request so that it asks this relay for a content by the name that the content has here. The rest of the head
 * stays, and so does what follows it.
 *
 * The answer to one over HTTP is the last on its connection: a second request there is for the origin, not for the relay.
 * @param bytes the request, whose head is complete and was judged to be a candidate
 * @param origin address and port that the viewer's connection is for: over RTSP the viewer gets them back as the base of its next URLs
 * @param path without the slash at the beginning
 */
export function renamedRequest(bytes: Uint8Array, protocol: RelayProtocol, origin: string, path: string): Uint8Array {
	const end = bytes.indexOf(LF) + 1;
	const [method, , version] = latin1(bytes, 0, end).trimEnd().split(" ", 3);
	const head =
		protocol === "http"
			? `${method} /${path} ${version}\r\nConnection: close\r\n`
			: `${method} rtsp://${origin}/${path} ${version}\r\n`;
	const start = utf8Encode(head);
	const rest = protocol === "http" ? withoutConnection(bytes.subarray(end)) : bytes.subarray(end);
	const renamed = new Uint8Array(start.length + rest.length);
	renamed.set(start);
	renamed.set(rest, start.length);
	return renamed;
}

/** Leaves out the fields `Connection`. */
function withoutConnection(fields: Uint8Array): Uint8Array {
	const kept = new Uint8Array(fields.length);
	let length = 0;
	for (let at = 0; at < fields.length; ) {
		const feed = fields.indexOf(LF, at);
		const end = feed < 0 ? fields.length : feed + 1;
		if (
			!latin1(fields, at, Math.min(end, at + 11))
				.toLowerCase()
				.startsWith("connection:")
		) {
			kept.set(fields.subarray(at, end), length);
			length += end - at;
		}
		at = end;
	}
	return kept.subarray(0, length);
}
