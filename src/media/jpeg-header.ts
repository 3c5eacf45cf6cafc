import type { Octets } from "../core/time";
import { standardHuffman } from "./standard-huffman";

/** The most octets that {@link writeJpegHeader} writes. */
export const JPEG_HEADER_MAX: Octets = 640;

const HUFFMAN_CLASSES = new Uint8Array([0x00, 0x10, 0x01, 0x11]);

/** What the headers of a JPEG picture say that came without them. */
export interface JpegHeader {
	readonly width: number;
	readonly height: number;
	/** The sampling factors of luminance: 0x21 for 4:2:2, 0x22 for 4:2:0. */
	readonly factors: number;
	/** Blocks (MCUs) between restart markers; 0: there are none. */
	readonly restartInterval: number;
	/** 64 values for luminance and 64 for chrominance, in zigzag order. */
	readonly quantization: Uint8Array;
}

/**
 * Writes the headers of a baseline picture with the standard Huffman tables: everything from SOI to its entropy-coded data.
 * @param at there is room for {@link JPEG_HEADER_MAX} octets
 * @returns where the entropy-coded data starts
 * @see RFC 2435 Appendix B
 */
export function writeJpegHeader(bytes: Uint8Array, at: Octets, header: JpegHeader): Octets {
	const { width, height, factors, restartInterval, quantization } = header;
	at = writeMarker(bytes, at, 0xd8);
	for (let table = 0; table < 2; table++) {
		at = writeSegment(bytes, at, 0xdb, 65);
		bytes[at++] = table;
		for (let i = 0; i < 64; i++) bytes[at++] = quantization[64 * table + i];
	}
	at = writeSegment(bytes, at, 0xc0, 15);
	bytes[at++] = 8;
	at = writeU16(bytes, at, height);
	at = writeU16(bytes, at, width);
	bytes[at++] = 3;
	for (let component = 0; component < 3; component++) {
		bytes[at++] = component + 1;
		bytes[at++] = component === 0 ? factors : 0x11;
		bytes[at++] = component === 0 ? 0 : 1;
	}
	for (let i = 0; i < HUFFMAN_CLASSES.length; i++) {
		const table = standardHuffman(HUFFMAN_CLASSES[i]) as Uint8Array;
		at = writeSegment(bytes, at, 0xc4, 1 + table.length);
		bytes[at++] = HUFFMAN_CLASSES[i];
		bytes.set(table, at);
		at += table.length;
	}
	if (restartInterval > 0) {
		at = writeSegment(bytes, at, 0xdd, 2);
		at = writeU16(bytes, at, restartInterval);
	}
	at = writeSegment(bytes, at, 0xda, 10);
	bytes[at++] = 3;
	for (let component = 0; component < 3; component++) {
		bytes[at++] = component + 1;
		bytes[at++] = component === 0 ? 0x00 : 0x11;
	}
	bytes[at++] = 0;
	bytes[at++] = 63;
	bytes[at++] = 0;
	return at;
}

function writeMarker(bytes: Uint8Array, at: Octets, marker: number): Octets {
	bytes[at] = 0xff;
	bytes[at + 1] = marker;
	return at + 2;
}

/** Writes the marker and the length of a segment with so many octets of content. */
function writeSegment(bytes: Uint8Array, at: Octets, marker: number, content: Octets): Octets {
	return writeU16(bytes, writeMarker(bytes, at, marker), content + 2);
}

function writeU16(bytes: Uint8Array, at: Octets, value: number): Octets {
	bytes[at] = value >> 8;
	bytes[at + 1] = value;
	return at + 2;
}
