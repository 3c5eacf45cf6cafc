import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";
import { standardHuffman } from "./standard-huffman";

/** Octets of the DHT segment that Motion JPEG leaves out: marker, length, four tables. */
export const TABLES_LENGTH: Octets = 420;

const CLASSES = new Uint8Array([0x00, 0x01, 0x10, 0x11]);

/**
 * Finds where a picture ends that a camera pads behind its EOI, with any number of octets.
 * @returns one past EOI; `start` when there is none
 */
export function pictureEnd(bytes: Uint8Array, start: Octets, end: Octets): Octets {
	let at = end;
	// The host's own search: padding may be as long as a picture.
	while (at - start >= 2 && !(bytes[at - 2] === 0xff && bytes[at - 1] === 0xd9)) {
		const found = bytes.lastIndexOf(0xd9, at - 2);
		at = found < start ? start : found + 1;
	}
	return at - start >= 2 ? at : start;
}

/**
 * Finds where a picture that `parseJpeg` accepts lacks its Huffman tables, as Motion JPEG does: some viewers show nothing
 * without them.
 * @param scanStart of its headers
 * @returns the offset of the SOS marker, before which they belong; 0: it has tables
 */
export function lackingTables(bytes: Uint8Array, start: Octets, scanStart: Octets): Octets {
	for (let at = start + 2; at < scanStart; ) {
		const marker = bytes[at + 1];
		if (marker === 0xc4) return 0;
		if (marker === 0xda) return at;
		at += marker === 0xff ? 1 : 2 + readU16(bytes, at + 2);
	}
	return 0;
}

/**
 * Copies the picture `bytes[start, end)` to `to[at, …)`, with the standard Huffman tables where it lacks them: it is then
 * {@link TABLES_LENGTH} longer.
 * @param lacking from {@link lackingTables}
 * @see ITU-T T.81 Annex K.3
 */
export function copyPicture(
	to: Uint8Array,
	at: Octets,
	bytes: Uint8Array,
	start: Octets,
	end: Octets,
	lacking: Octets,
): void {
	if (lacking === 0) {
		to.set(bytes.subarray(start, end), at);
		return;
	}
	to.set(bytes.subarray(start, lacking), at);
	at += lacking - start;
	to[at++] = 0xff;
	to[at++] = 0xc4;
	to[at++] = (TABLES_LENGTH - 2) >> 8;
	to[at++] = (TABLES_LENGTH - 2) & 255;
	for (let i = 0; i < CLASSES.length; i++) {
		const table = standardHuffman(CLASSES[i]) as Uint8Array;
		to[at++] = CLASSES[i];
		to.set(table, at);
		at += table.length;
	}
	to.set(bytes.subarray(lacking, end), at);
}
