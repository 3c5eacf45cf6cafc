import type { Octets } from "../core/time";
import { JPEG_HEADER_MAX, writeJpegHeader } from "./jpeg-header";
import { standardHuffman } from "./standard-huffman";

/** A small picture: brightness, and colours of half the size in both directions (4:2:0), row by row. */
export interface SmallPicture {
	readonly width: number;
	readonly height: number;
	readonly luma: Uint8Array;
	/** Cb and Cr, `ceil(width / 2)` × `ceil(height / 2)`. */
	readonly blue: Uint8Array;
	readonly red: Uint8Array;
}

/** The most octets of a block: 64 codes of 16 bits with values of 11 bits, each octet followed by a zero. */
const BLOCK_MAX: Octets = 432;

/** The place in a block of the coefficients in their order of coding. @see ITU-T T.81 Figure 5 */
// biome-ignore format: a table
const ZIGZAG = new Uint8Array([
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
]);

/**
 * Encodes small pictures, such as thumbnails, as baseline JPEG with the standard Huffman tables. It is written for size, not for
 * speed: the larger a picture, the more a codec of the host is worth.
 * @see ITU-T T.81 Annex F.1
 */
export class JpegEncoder {
	/** 64 values for brightness and 64 for colours, in zigzag order: fine for low frequencies. */
	private readonly quantization = new Uint8Array(128);
	/** The cosines of the transform, `[frequency * 8 + place]`. */
	private readonly cosines = new Float32Array(64);
	private readonly samples = new Float32Array(64);
	private readonly half = new Float32Array(64);
	private readonly coefficients = new Int32Array(64);
	/** By class and destination of the table (0, 1, 0x10, 0x11): code and length of each value. */
	private readonly codes: readonly Uint16Array[];
	private readonly lengths: readonly Uint8Array[];
	private readonly predictions = new Int32Array(3);
	private bytes = new Uint8Array(0);
	private at = 0;
	private bits = 0;
	private held = 0;

	constructor() {
		for (let i = 0; i < 64; i++) {
			this.quantization[i] = 5 + (i >> 1);
			this.quantization[64 + i] = 6 + i;
			const frequency = i >> 3;
			const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
			this.cosines[i] = scale * Math.cos(((2 * (i & 7) + 1) * frequency * Math.PI) / 16);
		}
		const tables = [0x00, 0x01, 0x10, 0x11].map((tableClass) => codesOf(standardHuffman(tableClass) as Uint8Array));
		this.codes = tables.map(([codes]) => codes);
		this.lengths = tables.map(([, lengths]) => lengths);
	}

	/** Encodes a picture. @returns octets of its own */
	encode({ width, height, luma, blue, red }: SmallPicture): Uint8Array {
		const across = Math.ceil(width / 16);
		const down = Math.ceil(height / 16);
		this.bytes = new Uint8Array(JPEG_HEADER_MAX + across * down * 6 * BLOCK_MAX + 8);
		const header = { width, height, factors: 0x22, restartInterval: 0, quantization: this.quantization };
		this.at = writeJpegHeader(this.bytes, 0, header);
		this.bits = this.held = 0;
		this.predictions.fill(0);
		const halfWidth = (width + 1) >> 1;
		const halfHeight = (height + 1) >> 1;
		for (let y = 0; y < down; y++) {
			for (let x = 0; x < across; x++) {
				for (let i = 0; i < 4; i++) this.block(0, luma, width, height, x * 16 + (i & 1) * 8, y * 16 + (i >> 1) * 8);
				this.block(1, blue, halfWidth, halfHeight, x * 8, y * 8);
				this.block(2, red, halfWidth, halfHeight, x * 8, y * 8);
			}
		}
		// The last octet is filled with ones.
		if (this.held > 0) this.put(0x7f, 8 - this.held);
		this.bytes[this.at++] = 0xff;
		this.bytes[this.at++] = 0xd9;
		const made = this.bytes.slice(0, this.at);
		this.bytes = new Uint8Array(0);
		return made;
	}

	/** Encodes the block at a place of a plane; beyond the edges its last samples repeat. */
	private block(component: number, plane: Uint8Array, width: number, height: number, left: number, top: number): void {
		const { samples, coefficients } = this;
		for (let i = 0; i < 64; i++) {
			const x = Math.min(width - 1, left + (i & 7));
			const y = Math.min(height - 1, top + (i >> 3));
			samples[i] = plane[y * width + x] - 128;
		}
		this.transform(component === 0 ? 0 : 64);
		const table = component === 0 ? 0 : 1;
		const difference = coefficients[0] - this.predictions[component];
		this.predictions[component] = coefficients[0];
		this.value(table, 0, difference);
		let zeros = 0;
		for (let k = 1; k < 64; k++) {
			if (coefficients[k] === 0) {
				zeros++;
				continue;
			}
			for (; zeros > 15; zeros -= 16) this.code(2 + table, 0xf0);
			this.value(2 + table, zeros << 4, coefficients[k]);
			zeros = 0;
		}
		if (zeros > 0) this.code(2 + table, 0);
	}

	/** Makes quantized coefficients of the samples, in the order of coding. @param from of the quantizers */
	private transform(from: number): void {
		const { samples, half, coefficients, cosines, quantization } = this;
		for (let i = 0; i < 64; i++) {
			let sum = 0;
			for (let x = 0; x < 8; x++) sum += samples[(i & 56) + x] * cosines[((i & 7) << 3) + x];
			half[i] = sum;
		}
		for (let k = 0; k < 64; k++) {
			const place = ZIGZAG[k];
			let sum = 0;
			for (let y = 0; y < 8; y++) sum += half[(y << 3) + (place & 7)] * cosines[(place & 56) + y];
			coefficients[k] = Math.round(sum / quantization[from + k]);
		}
	}

	/** Writes a run of zeros, the size of a value, and the value. */
	private value(table: number, run: number, value: number): void {
		const size = 32 - Math.clz32(Math.abs(value));
		this.code(table, run | size);
		if (size > 0) this.put(value > 0 ? value : value + (1 << size) - 1, size);
	}

	private code(table: number, symbol: number): void {
		this.put(this.codes[table][symbol], this.lengths[table][symbol]);
	}

	/** Writes bits, the highest first; a zero follows each octet 255. */
	private put(value: number, length: number): void {
		for (let i = length - 1; i >= 0; i--) {
			this.bits = (this.bits << 1) | ((value >> i) & 1);
			if (++this.held < 8) continue;
			this.bytes[this.at++] = this.bits;
			if (this.bits === 0xff) this.bytes[this.at++] = 0;
			this.bits = this.held = 0;
		}
	}
}

/** The code of each value of a table: 16 counts, then the values. @see ITU-T T.81 §C.2 */
function codesOf(table: Uint8Array): readonly [codes: Uint16Array, lengths: Uint8Array] {
	const codes = new Uint16Array(256);
	const lengths = new Uint8Array(256);
	let code = 0;
	let at = 16;
	for (let length = 1; length <= 16; length++) {
		for (let i = 0; i < table[length - 1]; i++) {
			codes[table[at]] = code++;
			lengths[table[at++]] = length;
		}
		code <<= 1;
	}
	return [codes, lengths];
}
