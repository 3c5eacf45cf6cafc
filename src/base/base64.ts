import { utf8Encode } from "./text";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Encodes octets in Base64, with padding. @see RFC 4648 §4 */
export function toBase64(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length; i += 3) {
		const left = bytes.length - i;
		const group = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
		text += ALPHABET[group >> 18] + ALPHABET[(group >> 12) & 63];
		text += (left > 1 ? ALPHABET[(group >> 6) & 63] : "=") + (left > 2 ? ALPHABET[group & 63] : "=");
	}
	return text;
}

/**
 * Decodes Base64; padding may be missing. Returns `undefined` if a character is foreign or the length is impossible.
 * @see RFC 4648 §4
 */
export function fromBase64(text: string): Uint8Array | undefined {
	// Octets, because indexing a long text takes quadratic time on XS.
	const from = utf8Encode(text);
	let { length } = from;
	while (length > 0 && from[length - 1] === 61 && from.length - length < 2) length--;
	if (length % 4 === 1) return undefined;
	const bytes = new Uint8Array((length * 3) >> 2);
	let group = 0;
	let at = 0;
	for (let i = 0; i < length; i++) {
		const value = digitOf(from[i]);
		if (value < 0) return undefined;
		group = ((group << 6) | value) & 0xffffff;
		if (i % 4 !== 0) bytes[at++] = group >> (6 - 2 * (i % 4));
	}
	return bytes;
}

/** Returns the value of a character; -1 if it is not one of the alphabet. */
function digitOf(code: number): number {
	if (code >= 65 && code <= 90) return code - 65;
	if (code >= 97 && code <= 122) return code - 71;
	if (code >= 48 && code <= 57) return code + 4;
	return code === 43 ? 62 : code === 47 ? 63 : -1;
}
