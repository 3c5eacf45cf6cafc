/** Tells whether `bytes[start, end)` is well-formed UTF-8; it costs no memory. @see Unicode 15 §3.9, table 3-7 */
export function isUtf8(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
	for (let at = start; at < end; ) {
		const first = bytes[at++];
		if (first < 0x80) continue;
		if (first < 0xc2 || first > 0xf4) return false;
		const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
		if (at + more > end) return false;
		const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
		const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
		if (bytes[at] < low || bytes[at] > high) return false;
		for (let i = 1; i < more; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return false;
		at += more;
	}
	return true;
}
