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
