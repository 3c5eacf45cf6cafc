/** Decodes octets as Latin-1, which for protocol text means ASCII. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
	let text = "";
	for (let at = start; at < end; at += CHUNK) {
		text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(end, at + CHUNK)) as unknown as number[]);
	}
	return text;
}

/** Octets decoded in one call of `String.fromCharCode`: few enough for the smallest stack. */
const CHUNK = 256;

const REPLACEMENT = 0xfffd;

/** Decodes UTF-8; each ill-formed sequence becomes U+FFFD. It never throws. @see Unicode 15 §3.9 */
export function utf8Decode(bytes: Uint8Array, start = 0, end = bytes.length): string {
	const pieces: string[] = [];
	let units: number[] = [];
	let at = start;
	while (at < end) {
		const first = bytes[at++];
		let code = first;
		if (first >= 0x80) {
			const more = first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
			code = more < 0 ? REPLACEMENT : first & (0x3f >> more);
			for (let i = 0; i < more; i++) {
				const next = at < end ? bytes[at] : 0;
				const low = i === 0 && first === 0xe0 ? 0xa0 : i === 0 && first === 0xf0 ? 0x90 : 0x80;
				const high = i === 0 && first === 0xed ? 0x9f : i === 0 && first === 0xf4 ? 0x8f : 0xbf;
				if (next < low || next > high) {
					code = REPLACEMENT;
					break;
				}
				code = (code << 6) | (next & 0x3f);
				at++;
			}
		}
		if (code > 0xffff) {
			units.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
		} else {
			units.push(code);
		}
		if (units.length >= CHUNK) {
			pieces.push(String.fromCharCode.apply(null, units));
			units = [];
		}
	}
	pieces.push(String.fromCharCode.apply(null, units));
	return pieces.join("");
}

/** Encodes text as UTF-8; a lone surrogate becomes U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
	const bytes = new Uint8Array(utf8Length(text));
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		let code = text.charCodeAt(i);
		if (code >= 0xd800 && code <= 0xdfff) {
			const low = code < 0xdc00 ? text.charCodeAt(i + 1) : 0;
			if (low >= 0xdc00 && low <= 0xdfff) {
				code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
				i++;
			} else {
				code = REPLACEMENT;
			}
		}
		if (code < 0x80) {
			bytes[length++] = code;
		} else if (code < 0x800) {
			bytes[length++] = 0xc0 | (code >> 6);
			bytes[length++] = 0x80 | (code & 0x3f);
		} else if (code < 0x10000) {
			bytes[length++] = 0xe0 | (code >> 12);
			bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
			bytes[length++] = 0x80 | (code & 0x3f);
		} else {
			bytes[length++] = 0xf0 | (code >> 18);
			bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
			bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
			bytes[length++] = 0x80 | (code & 0x3f);
		}
	}
	return bytes;
}

/**
 * Octets that text has in UTF-8; counted first, as a device has no memory for a guess. XS gives whole code points where
 * others give the halves of a pair.
 */
function utf8Length(text: string): number {
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 0x80) length++;
		else if (code < 0x800) length += 2;
		else if (code > 0xffff) length += 4;
		else if (code >= 0xd800 && code <= 0xdbff && isLowHalf(text.charCodeAt(i + 1))) {
			length += 4;
			i++;
		} else length += 3;
	}
	return length;
}

function isLowHalf(code: number): boolean {
	return code >= 0xdc00 && code <= 0xdfff;
}
