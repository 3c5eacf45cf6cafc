/** Writes octets as lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
	let text = "";
	for (let i = start; i < end; i++) text += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
	return text;
}

/** Returns whether text is `length` lower-case hexadecimal digits. */
export function isHex(text: string, length: number): boolean {
	if (text.length !== length) return false;
	for (let i = 0; i < length; i++) {
		const code = text.charCodeAt(i);
		if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
	}
	return true;
}

/** Reads octets from lower-case hexadecimal digits; `undefined` unless they are exactly `length` octets. */
export function fromHex(text: string, length: number): Uint8Array | undefined {
	if (!isHex(text, 2 * length)) return undefined;
	const octets = new Uint8Array(length);
	for (let i = 0; i < length; i++) octets[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return octets;
}
