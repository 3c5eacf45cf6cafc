import { ByteWriter } from "../base/byte-writer";
import { reasonOf } from "../wire/http-status";
import type { Headers } from "../wire/text-message";

/** For responses that must not be cached. @see RFC 9111 §5.2.2.5 */
export const NO_STORE: Headers = Object.freeze([Object.freeze(["Cache-Control", "no-store"] as const)]);

/** Octets of a field besides name and value: colon, space, line end. */
const FIELD_EXTRA = 4;

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
	// Field by field, as indexing a long string takes quadratic time on XS.
	const writer = new ByteWriter(length).latin1(safeText(startLine)).latin1("\r\n");
	for (const [name, value] of fields) writer.latin1(safeText(name)).latin1(": ").latin1(safeText(value)).latin1("\r\n");
	return writer.latin1("\r\n").bytes;
}

function safeText(value: string): string {
	let safe = "";
	let from = 0;
	for (let i = 0; i < value.length; i++) {
		const code = value.charCodeAt(i);
		if ((code >= 32 && code !== 127 && code <= 255) || code === 9) continue;
		safe += `${value.slice(from, i)}?`;
		from = i + 1;
	}
	return from === 0 ? value : safe + value.slice(from);
}
