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

/**
 * Encodes text as UTF-8; a lone surrogate becomes U+FFFD.
 *
 * It works in pieces, because XS stores text as UTF-8 and counts from the start for each character: the time for one
 * long text would grow with the square of its length.
 */
export function utf8Encode(text: string): Uint8Array {
	const { length } = text;
	if (length <= CHUNK) return utf8EncodePiece(text);
	const pieces: Uint8Array[] = [];
	let octets = 0;
	for (let at = 0; at < length; ) {
		let end = Math.min(length, at + CHUNK);
		// The halves of a character stay together.
		if (end < length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
		const piece = utf8EncodePiece(text.slice(at, end));
		pieces.push(piece);
		octets += piece.length;
		at = end;
	}
	const bytes = new Uint8Array(octets);
	let at = 0;
	for (const piece of pieces) {
		bytes.set(piece, at);
		at += piece.length;
	}
	return bytes;
}

function utf8EncodePiece(text: string): Uint8Array {
	const units = text.length;
	// In XS a character outside the basic plane is one unit, of four octets.
	const bytes = new Uint8Array(units * 4);
	let length = 0;
	for (let i = 0; i < units; i++) {
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
	return bytes.slice(0, length);
}
