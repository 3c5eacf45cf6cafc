import { fromBase64, toBase64 } from "../base/base64";
import { SHA1_OCTETS, Sha1 } from "../base/sha1";
import { utf8Encode } from "../base/text";
import { fieldOf, type Headers, hasToken, type TextMessage } from "./text-message";

/** What both sides append to the key of a request. @see RFC 6455 §1.3 */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Octets of the random key of a request. */
export const WEBSOCKET_KEY_OCTETS = 16;
/** The one version of the protocol. */
const VERSION = "13";
/** How many subprotocols of a request are looked at. */
const PROTOCOLS_MAX = 8;

/** What a client wants, according to a valid request. */
export interface WebSocketRequest {
	readonly key: string;
	/** The subprotocols that it offers, as sent, in its order of preference. */
	readonly protocols: readonly string[];
}

/** Why a request does not open a WebSocket: `not-upgrade` is an ordinary request, `version` one of another version. */
export type WebSocketFault = "not-upgrade" | "version" | "malformed";

/** Checks the request of a client. @see RFC 6455 §4.2.1 */
export function parseWebSocketRequest(message: TextMessage): WebSocketRequest | WebSocketFault {
	if (!hasToken(message, "upgrade", "websocket") || !hasToken(message, "connection", "upgrade")) return "not-upgrade";
	if (message.method !== "GET" || message.minor < 1) return "malformed";
	if (fieldOf(message, "sec-websocket-version") !== VERSION) return "version";
	const key = fieldOf(message, "sec-websocket-key") ?? "";
	if (fromBase64(key)?.length !== WEBSOCKET_KEY_OCTETS) return "malformed";
	const protocols: string[] = [];
	for (const [name, value] of message.fields) {
		if (name !== "sec-websocket-protocol") continue;
		for (const item of value.split(",", PROTOCOLS_MAX)) {
			if (item.trim() !== "" && protocols.length < PROTOCOLS_MAX) protocols.push(item.trim());
		}
	}
	return { key, protocols };
}

/** The fields of the answer 101 to a valid request. @param protocol the chosen one; empty: none @see RFC 6455 §4.2.2 */
export function webSocketAnswer(key: string, protocol: string): Headers {
	const fields: (readonly [string, string])[] = [
		["Upgrade", "websocket"],
		["Connection", "Upgrade"],
		["Sec-WebSocket-Accept", acceptOf(key)],
	];
	if (protocol !== "") fields.push(["Sec-WebSocket-Protocol", protocol]);
	return fields;
}

/** The fields of the answer to a request of another version, status 426. @see RFC 6455 §4.4 */
export const OTHER_VERSION: Headers = Object.freeze([
	Object.freeze(["Upgrade", "websocket"] as const),
	Object.freeze(["Sec-WebSocket-Version", VERSION] as const),
]);

/**
 * The fields of a client's request, besides Host.
 * @param random {@link WEBSOCKET_KEY_OCTETS}, drawn for this connection
 * @see RFC 6455 §4.1
 */
export function webSocketQuestion(random: Uint8Array, protocol: string): Headers {
	return [
		["Upgrade", "websocket"],
		["Connection", "Upgrade"],
		["Sec-WebSocket-Key", toBase64(random)],
		["Sec-WebSocket-Version", VERSION],
		["Sec-WebSocket-Protocol", protocol],
	];
}

/** Whether an answer opens the connection that a client asked for with {@link webSocketQuestion}. @see RFC 6455 §4.1 */
export function isWebSocketAnswer(answer: TextMessage, random: Uint8Array, protocol: string): boolean {
	return (
		answer.status === 101 &&
		hasToken(answer, "upgrade", "websocket") &&
		hasToken(answer, "connection", "upgrade") &&
		fieldOf(answer, "sec-websocket-accept") === acceptOf(toBase64(random)) &&
		fieldOf(answer, "sec-websocket-protocol") === protocol &&
		fieldOf(answer, "sec-websocket-extensions") === undefined
	);
}

function acceptOf(key: string): string {
	const digest = new Uint8Array(SHA1_OCTETS);
	new Sha1().update(utf8Encode(key + GUID)).digest(digest);
	return toBase64(digest);
}
