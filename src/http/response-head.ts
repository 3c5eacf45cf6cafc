import { ByteWriter } from "../base/byte-writer";
import { reasonOf } from "../wire/http-status";
import type { Headers } from "../wire/text-message";

/** What is of one moment, or for one visitor: nobody keeps it. @see RFC 9111 §5.2.2.5 */
export const NO_STORE: Headers = Object.freeze([Object.freeze(["Cache-Control", "no-store"] as const)]);

/**
 * Writes the head of an answer: status line, fields, empty line.
 *
 * A character that may not stand in a field, which somebody could have put into a value to begin a field or an answer
 * of his own, becomes a question mark.
 * @see RFC 9112 §4, RFC 9110 §5.5
 */
export function responseHead(status: number, fields: Headers): Uint8Array {
	let text = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
	for (const [name, value] of fields) text += `${name}: ${safeValue(value)}\r\n`;
	return new ByteWriter(text.length + 2).latin1(text).latin1("\r\n").bytes;
}

function safeValue(value: string): string {
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
