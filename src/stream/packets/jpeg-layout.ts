import { readU16 } from "../../base/byte-writer";
import type { Octets } from "../../core/time";
import { areStandardTables, hasLength, isFrameMarker } from "../../media/jpeg";

/** Why RTP/JPEG cannot carry a picture. @see obstacleText */
export type JpegObstacle =
	| "not-jpeg"
	| "not-baseline"
	| "grey"
	| "sampling"
	| "colour"
	| "huffman"
	| "scans"
	| "quantization"
	| "wide-quantization"
	| "size"
	| "large"
	| "long";

/** The largest width and height that the header of RTP/JPEG can say; larger ones need `x-dimensions` in SDP. */
export const RTP_JPEG_SIDE_MAX = 2040;
/** The most octets of a scan: a fragment's offset has 24 bits. */
const RTP_JPEG_SCAN_MAX: Octets = 0xffffff;

/** The most header segments; real pictures have 5 to 30. */
const SEGMENTS_MAX = 256;
const TABLE_LENGTH: Octets = 64;

/**
 * The parts of a JPEG picture that RTP/JPEG carries, found without allocating: one object serves all pictures of a stream.
 *
 * Only pictures that a receiver rebuilds to the same pixels are accepted: baseline, three components in one scan, sampled
 * exactly 22,11,11 or 21,11,11, with the standard Huffman tables, 8-bit quantization tables of which both chrominance
 * components use the same, and sides that are multiples of 8.
 * @see RFC 2435 §3.1, §4.1
 */
export class JpegLayout {
	width = 0;
	height = 0;
	/** 0: 4:2:2; 1: 4:2:0. With restart markers the type in the packet is 64 more. */
	type: 0 | 1 = 1;
	/** Blocks (MCUs) between restart markers; 0: there are none. */
	restartInterval = 0;
	/** The entropy-coded data, without EOI: `bytes[scanStart, scanEnd)`. */
	scanStart = 0;
	scanEnd = 0;
	/** Where the 64 values of the quantization tables of luminance and chrominance start. */
	luminance = 0;
	chrominance = 0;
	/** Why the last picture was refused; `undefined` when it was accepted. */
	obstacle: JpegObstacle | undefined;
	/** Where the values of each table are; 0: not defined. */
	private readonly tables = new Uint32Array(4);
	private standardHuffman = true;
	private isWide = false;
	private isRgb = false;

	/**
	 * Reads the headers of `bytes[start, end)`.
	 * @param large whether sides above {@link RTP_JPEG_SIDE_MAX} are accepted, as SDP says the size
	 * @returns true: RTP/JPEG can carry it; false: {@link obstacle} says why not
	 */
	read(bytes: Uint8Array, start: Octets, end: Octets, large: boolean): boolean {
		this.obstacle = this.examine(bytes, start, end, large);
		return this.obstacle === undefined;
	}

	private examine(bytes: Uint8Array, start: Octets, end: Octets, large: boolean): JpegObstacle | undefined {
		if (end - start < 4 || bytes[start] !== 0xff || bytes[start + 1] !== 0xd8) return "not-jpeg";
		if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) return "not-jpeg";
		this.tables.fill(0);
		this.standardHuffman = true;
		this.isWide = this.isRgb = false;
		this.restartInterval = 0;
		this.scanEnd = end - 2;
		let frame = 0;
		let at = start + 2;
		for (let segments = 0; segments < SEGMENTS_MAX; segments++) {
			if (at + 4 > this.scanEnd || bytes[at] !== 0xff) return "not-jpeg";
			while (bytes[at + 1] === 0xff && at + 4 < this.scanEnd) at++;
			const marker = bytes[at + 1];
			const body = at + 4;
			const next = at + 2 + readU16(bytes, at + 2);
			if (next < body || next > this.scanEnd || !hasLength(marker)) return "not-jpeg";
			if (marker === 0xda) {
				this.scanStart = next;
				return frame === 0 || next === this.scanEnd ? "not-jpeg" : this.judge(bytes, frame, body, large);
			}
			if (isFrameMarker(marker)) {
				if (frame !== 0) return "not-jpeg";
				if (marker !== 0xc0) return "not-baseline";
				if (next - body < 6 || next - body !== 6 + 3 * bytes[body + 5]) return "not-jpeg";
				frame = body;
			} else if (!this.take(marker, bytes, body, next)) return "not-jpeg";
			at = next;
		}
		return "not-jpeg";
	}

	/** Takes a segment other than frame and scan headers. @returns false when it is malformed */
	private take(marker: number, bytes: Uint8Array, body: Octets, end: Octets): boolean {
		switch (marker) {
			case 0xc4: {
				const isStandard = areStandardTables(bytes, body, end);
				this.standardHuffman &&= isStandard === true;
				return isStandard !== undefined;
			}
			case 0xdb:
				return this.takeQuantization(bytes, body, end);
			case 0xdd:
				this.restartInterval = readU16(bytes, body);
				return end - body === 2;
			case 0xee:
				if (end - body >= 12 && isAdobe(bytes, body)) this.isRgb = bytes[body + 11] === 0;
				return true;
			default:
				return true;
		}
	}

	private takeQuantization(bytes: Uint8Array, body: Octets, end: Octets): boolean {
		let at = body;
		while (at < end) {
			const wide = bytes[at] >> 4;
			const place = bytes[at] & 15;
			const length = wide === 0 ? TABLE_LENGTH : 2 * TABLE_LENGTH;
			if (wide > 1 || place > 3 || at + 1 + length > end) return false;
			if (wide === 1) this.isWide = true;
			this.tables[place] = at + 1;
			at += 1 + length;
		}
		return true;
	}

	/** Judges the picture by its frame header at `frame` and its scan header at `scan`. */
	private judge(bytes: Uint8Array, frame: Octets, scan: Octets, large: boolean): JpegObstacle | undefined {
		const { tables } = this;
		if (bytes[frame] !== 8) return "not-baseline";
		this.height = readU16(bytes, frame + 1);
		this.width = readU16(bytes, frame + 3);
		if (this.width === 0 || this.height === 0) return "not-jpeg";
		if (bytes[frame + 5] === 1) return "grey";
		const factors = bytes[frame + 7];
		if (bytes[frame + 5] !== 3 || (factors !== 0x22 && factors !== 0x21)) return "sampling";
		if (bytes[frame + 10] !== 0x11 || bytes[frame + 13] !== 0x11) return "sampling";
		this.type = factors === 0x22 ? 1 : 0;
		// Libraries take three components that are called R, G, B for these colours.
		if (this.isRgb || (bytes[frame + 6] === 0x52 && bytes[frame + 9] === 0x47 && bytes[frame + 12] === 0x42))
			return "colour";
		if (!isWholeScan(bytes, frame, scan, this.scanStart)) return "scans";
		if (!this.standardHuffman || !usesUsualTables(bytes, scan)) return "huffman";
		if (this.isWide) return "wide-quantization";
		this.luminance = tables[bytes[frame + 8] & 3];
		this.chrominance = tables[bytes[frame + 11] & 3];
		const third = tables[bytes[frame + 14] & 3];
		if (bytes[frame + 8] > 3 || bytes[frame + 11] > 3 || bytes[frame + 14] > 3) return "not-jpeg";
		if (this.luminance === 0 || this.chrominance === 0 || third === 0) return "not-jpeg";
		if (third !== this.chrominance && !areEqual(bytes, third, this.chrominance)) return "quantization";
		if (this.width % 8 !== 0 || this.height % 8 !== 0) return "size";
		if (!large && (this.width > RTP_JPEG_SIDE_MAX || this.height > RTP_JPEG_SIDE_MAX)) return "large";
		return this.scanEnd - this.scanStart > RTP_JPEG_SCAN_MAX ? "long" : undefined;
	}
}

function isAdobe(bytes: Uint8Array, at: Octets): boolean {
	return readU16(bytes, at) === 0x4164 && readU16(bytes, at + 2) === 0x6f62 && bytes[at + 4] === 0x65;
}

/** True when the scan has all components in the order of the frame, and all coefficients. */
function isWholeScan(bytes: Uint8Array, frame: Octets, scan: Octets, end: Octets): boolean {
	if (end - scan !== 10 || bytes[scan] !== 3) return false;
	for (let i = 0; i < 3; i++) if (bytes[scan + 1 + 2 * i] !== bytes[frame + 6 + 3 * i]) return false;
	return bytes[scan + 7] === 0 && bytes[scan + 8] === 63 && bytes[scan + 9] === 0;
}

/** True when luminance uses the Huffman tables 0, and chrominance the tables 1. */
function usesUsualTables(bytes: Uint8Array, scan: Octets): boolean {
	return bytes[scan + 2] === 0x00 && bytes[scan + 4] === 0x11 && bytes[scan + 6] === 0x11;
}

function areEqual(bytes: Uint8Array, one: Octets, other: Octets): boolean {
	for (let i = 0; i < TABLE_LENGTH; i++) if (bytes[one + i] !== bytes[other + i]) return false;
	return true;
}
