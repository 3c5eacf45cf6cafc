import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";
import { isStandardHuffman } from "./standard-huffman";

/**
 * How the components are sampled, by the exact factors of RFC 2435: `4:2:0` is 2x2, 1x1, 1x1 and `4:2:2` is
 * 2x1, 1x1, 1x1. The same ratios with other factors have another order of blocks, and are `other`.
 */
export type Subsampling = "4:2:0" | "4:2:2" | "4:4:4" | "grey" | "other";

/** The information in the headers of a JPEG picture. */
export interface JpegInfo {
	readonly width: number;
	readonly height: number;
	/** True: sequential, 8 bits, Huffman (SOF0); false: extended or progressive. RTP carries baseline only. */
	readonly baseline: boolean;
	readonly subsampling: Subsampling;
	/** True: all Huffman tables are the standard ones, in the usual places, so that RTP may leave them out. */
	readonly standardHuffman: boolean;
	/** Blocks (MCUs) between restart markers; 0: there are none. */
	readonly restartInterval: number;
	/** Offset of the entropy-coded data of the first scan. */
	readonly scanStart: Octets;
}

/** The most header segments; real pictures have 5 to 30. */
const SEGMENTS_MAX = 256;

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const DHT = 0xc4;
const SOS = 0xda;
const DRI = 0xdd;

/**
 * Checks that `bytes[start, end)` is one complete JPEG picture that browsers can show, and reads its headers.
 *
 * It walks the segments from SOI to the first scan and looks at the last two octets for EOI; it never reads
 * entropy-coded data. Pictures without Huffman tables (Motion JPEG of USB cameras) count as having the standard ones.
 * @returns `undefined` for anything else: truncated, not a JPEG, lossless, arithmetic, 12 bits, hierarchical
 * @see ITU-T T.81 Annex B, IMG-17
 */
export function parseJpeg(bytes: Uint8Array, start: Octets, end: Octets): JpegInfo | undefined {
	if (end - start < 4 || bytes[start] !== 0xff || bytes[start + 1] !== 0xd8) return undefined;
	if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) return undefined;
	const last = end - 2;
	let frame = 0;
	let baseline = false;
	let standardHuffman = true;
	let restartInterval = 0;
	let at = start + 2;
	for (let segments = 0; segments < SEGMENTS_MAX; segments++) {
		if (at + 4 > last || bytes[at] !== 0xff) return undefined;
		// A marker may be preceded by any number of fill octets.
		while (bytes[at + 1] === 0xff && at + 4 < last) at++;
		const marker = bytes[at + 1];
		const body = at + 4;
		const next = at + 2 + readU16(bytes, at + 2);
		if (next < body || next > last || !hasLength(marker)) return undefined;
		if (marker === DHT) {
			const standard = areStandardTables(bytes, body, next);
			if (standard === undefined) return undefined;
			standardHuffman &&= standard;
		} else if (marker === DRI) {
			if (next - body !== 2) return undefined;
			restartInterval = readU16(bytes, body);
		} else if (marker === SOS) {
			if (frame === 0 || !isScan(bytes, body, next)) return undefined;
			return {
				width: readU16(bytes, frame + 3),
				height: readU16(bytes, frame + 1),
				baseline,
				subsampling: subsamplingOf(bytes, frame),
				standardHuffman: standardHuffman && usesUsualTables(bytes, body),
				restartInterval,
				scanStart: next,
			};
		} else if (isFrameMarker(marker)) {
			if (frame !== 0 || marker > SOF2 || !isFrameHeader(bytes, body, next)) return undefined;
			frame = body;
			baseline = marker === SOF0;
		}
		at = next;
	}
	return undefined;
}

/** True for JPEG markers that start a segment; the others are invalid before the first scan. */
export function hasLength(marker: number): boolean {
	return marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);
}

/** True for SOF0 to SOF15: all JPEG markers of 0xc0 to 0xcf but DHT, JPG and DAC. */
export function isFrameMarker(marker: number): boolean {
	return marker >= SOF0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== 0xcc;
}

/** Precision, height, width, number of components; for each its identifier, sampling factors, quantization table. */
function isFrameHeader(bytes: Uint8Array, body: Octets, end: Octets): boolean {
	if (end - body < 6 || bytes[body] !== 8 || readU16(bytes, body + 1) === 0 || readU16(bytes, body + 3) === 0) {
		return false;
	}
	const components = bytes[body + 5];
	if (components < 1 || components > 4 || end - body !== 6 + 3 * components) return false;
	for (let i = 0; i < components; i++) {
		const factors = bytes[body + 7 + 3 * i];
		if (!isFactor(factors >> 4) || !isFactor(factors & 15)) return false;
	}
	return true;
}

function isFactor(factor: number): boolean {
	return factor >= 1 && factor <= 4;
}

/** Number of components; for each its identifier and Huffman tables; three octets for progressive scans. */
function isScan(bytes: Uint8Array, body: Octets, end: Octets): boolean {
	const components = bytes[body];
	return components >= 1 && components <= 4 && end - body === 4 + 2 * components;
}

function subsamplingOf(bytes: Uint8Array, frame: Octets): Subsampling {
	const components = bytes[frame + 5];
	if (components === 1) return "grey";
	if (components !== 3 || bytes[frame + 10] !== 0x11 || bytes[frame + 13] !== 0x11) return "other";
	switch (bytes[frame + 7]) {
		case 0x22:
			return "4:2:0";
		case 0x21:
			return "4:2:2";
		case 0x11:
			return "4:4:4";
		default:
			return "other";
	}
}

/** True when the first component of a scan uses tables 0, and the others use tables 1. */
function usesUsualTables(bytes: Uint8Array, scan: Octets): boolean {
	for (let i = 0; i < bytes[scan]; i++) if (bytes[scan + 2 + 2 * i] !== (i === 0 ? 0x00 : 0x11)) return false;
	return true;
}

/** Tells whether all Huffman tables of the content of a DHT segment, `bytes[start, end)`, are standard; `undefined` when it is malformed. */
export function areStandardTables(bytes: Uint8Array, start: Octets, end: Octets): boolean | undefined {
	let standard = true;
	let at = start;
	while (at < end) {
		if (at + 17 > end) return undefined;
		let values = 0;
		for (let i = 1; i <= 16; i++) values += bytes[at + i];
		if (values > 256 || at + 17 + values > end) return undefined;
		standard &&= isStandardHuffman(bytes[at], bytes, at + 1, 16 + values);
		at += 17 + values;
	}
	return standard;
}
