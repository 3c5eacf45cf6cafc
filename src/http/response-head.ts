import { reasonOf } from "../wire/http-status";
import type { Headers } from "../wire/text-message";

/** For responses that must not be cached. @see RFC 9111 §5.2.2.5 */
export const NO_STORE: Headers = Object.freeze([Object.freeze(["Cache-Control", "no-store"] as const)]);
/** A browser may keep the answer, but has to ask whether it is still valid. @see RFC 9111 §5.2.2.4 */
export const REVALIDATED: Headers = Object.freeze([Object.freeze(["Cache-Control", "private, no-cache"] as const)]);

/** Octets of a field besides name and value: colon, space, line end. */
const FIELD_EXTRA = 4;
/** Characters that are looked at in one piece. */
const PIECE = 256;

const TAB = 9;
const SPACE = 32;
const COLON = 58;
const QUESTION_MARK = 63;

/**
 * Writes the head of a response: status line, fields, empty line.
 *
 * Characters that a field must not contain become question marks, so no value can start another field or response.
 * @see RFC 9112 §4, RFC 9110 §5.5
 */
export function responseHead(status: number, fields: Headers): Uint8Array {
	return writeHead(`HTTP/1.1 ${status} ${reasonOf(status)}`, fields);
}

/** Writes the head of any message; characters that it must not contain become question marks. */
export function writeHead(startLine: string, fields: Headers): Uint8Array {
	let length = startLine.length + FIELD_EXTRA;
	for (const [name, value] of fields) length += name.length + value.length + FIELD_EXTRA;
	const bytes = new Uint8Array(length);
	let at = endLine(bytes, put(bytes, 0, startLine));
	for (const [name, value] of fields) {
		at = put(bytes, at, name);
		bytes[at++] = COLON;
		bytes[at++] = SPACE;
		at = endLine(bytes, put(bytes, at, value));
	}
	endLine(bytes, at);
	return bytes;
}

/** Writes text; in pieces, as indexing a long text takes quadratic time on XS. @returns the index after it */
function put(bytes: Uint8Array, start: number, text: string): number {
	let at = start;
	for (let from = 0; from < text.length; from += PIECE) {
		const piece = text.length <= PIECE ? text : text.slice(from, from + PIECE);
		for (let i = 0; i < piece.length; i++) {
			const code = piece.charCodeAt(i);
			bytes[at++] = (code >= SPACE && code !== 127 && code <= 255) || code === TAB ? code : QUESTION_MARK;
		}
	}
	return at;
}

function endLine(bytes: Uint8Array, at: number): number {
	bytes[at] = 13;
	bytes[at + 1] = 10;
	return at + 2;
}
