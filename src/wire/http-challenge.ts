import { latin1, utf8Decode, utf8Encode } from "../base/text";
import { skipSpace, tokenEnd } from "./http-syntax";
import type { TextMessage } from "./text-message";

/** Limits of a field; what is beyond them is ignored. */
const FIELD_MAX = 2048;
const CHALLENGES_MAX = 8;
const PARAMETERS_MAX = 16;
const NAME_MAX = 32;

const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;

/** How a server wants a client to log in. */
export interface HttpChallenge {
	/** In lower case: `digest`, `basic`. */
	readonly scheme: string;
	/** Names in lower case. */
	readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Returns the challenges of the WWW-Authenticate fields of a response, in their order. What is malformed ends its field.
 * @see RFC 9110 §11.6.1, RFC 7616 §3.3
 */
export function challengesOf(message: Pick<TextMessage, "fields">): HttpChallenge[] {
	const list: HttpChallenge[] = [];
	for (const [name, value] of message.fields)
		if (name === "www-authenticate" && value.length <= FIELD_MAX) readChallenges(utf8Encode(value), list);
	return list;
}

function readChallenges(bytes: Uint8Array, list: HttpChallenge[]): void {
	const end = bytes.length;
	let parameters: Map<string, string> | undefined;
	let at = 0;
	while (at < end) {
		while (at < end && (bytes[at] === COMMA || bytes[at] <= 32)) at++;
		const nameEnd = tokenEnd(bytes, at, Math.min(end, at + NAME_MAX));
		if (nameEnd === at) return;
		const name = latin1(bytes, at, nameEnd).toLowerCase();
		at = skipSpace(bytes, nameEnd, end);
		if (at === end || bytes[at] !== EQUALS) {
			if (list.length >= CHALLENGES_MAX) return;
			parameters = new Map();
			list.push({ scheme: name, parameters });
			continue;
		}
		at = skipSpace(bytes, at + 1, end);
		let value: string;
		if (bytes[at] === QUOTE) {
			const start = ++at;
			let length = 0;
			// Decoded in place.
			for (; bytes[at] !== QUOTE; at++) {
				if (bytes[at] === BACKSLASH) at++;
				if (at >= end) return;
				bytes[start + length++] = bytes[at];
			}
			value = utf8Decode(bytes, start, start + length);
			at++;
		} else {
			const comma = bytes.indexOf(COMMA, at);
			const valueEnd = comma < 0 ? end : comma;
			value = utf8Decode(bytes, at, valueEnd).trim();
			at = valueEnd;
		}
		if (parameters === undefined) return;
		if (parameters.size < PARAMETERS_MAX && !parameters.has(name)) parameters.set(name, value);
	}
}
