import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { writeJpegHeader } from "../../src/media/jpeg-header";
import { standardHuffman } from "../../src/media/standard-huffman";
import type { LumaGrid } from "../../src/ports/luma";

/** Writes bits as entropy-coded data: stuffed, and filled with ones. */
export function scanOf(bits: string): number[] {
	const octets: number[] = [];
	for (let i = 0; i < bits.length; i += 8) {
		const octet = Number.parseInt(bits.slice(i, i + 8).padEnd(8, "1"), 2);
		octets.push(octet);
		if (octet === 0xff) octets.push(0);
	}
	return octets;
}

const codes = new Map<number, string>();

/** The code of a value in a standard table. */
export function codeOf(tableClass: number, value: number): string {
	const known = codes.get((tableClass << 8) | value);
	if (known !== undefined) return known;
	const table = standardHuffman(tableClass) as Uint8Array;
	let code = 0;
	let place = 16;
	for (let length = 1; length <= 16; length++) {
		for (let i = 0; i < table[length - 1]; i++, place++, code++) {
			if (table[place] !== value) continue;
			const text = code.toString(2).padStart(length, "0");
			codes.set((tableClass << 8) | value, text);
			return text;
		}
		code <<= 1;
	}
	throw new RangeError(`no code for ${value}`);
}

/** The bits of a value behind its code. */
function sized(value: number): string {
	if (value === 0) return "";
	const bits = Math.abs(value).toString(2);
	return value > 0 ? bits : [...bits].map((bit) => (bit === "1" ? "0" : "1")).join("");
}

function sizeOf(value: number): number {
	return value === 0 ? 0 : Math.abs(value).toString(2).length;
}

/** One block: its DC difference, AC coefficients as pairs of zeros before it and value, the end of the block. */
export function block(tables: number, difference: number, ac: readonly (readonly [number, number])[] = []): string {
	let bits = codeOf(tables, sizeOf(difference)) + sized(difference);
	for (const [zeros, value] of ac) bits += codeOf(0x10 | tables, (zeros << 4) | sizeOf(value)) + sized(value);
	return bits + codeOf(0x10 | tables, 0);
}

/** Two blocks of colour without colour. */
export const NO_COLOUR = block(1, 0) + block(1, 0);

/** A 4:2:0 picture with all quantizers 8: a DC coefficient is a difference of brightness. */
export function picture(width: number, height: number, scan: readonly number[], restartInterval = 0): Uint8Array {
	const bytes = new Uint8Array(700 + scan.length);
	const quantization = new Uint8Array(128).fill(8);
	const at = writeJpegHeader(bytes, 0, { width, height, factors: 0x22, restartInterval, quantization });
	bytes.set([...scan, 0xff, 0xd9], at);
	return bytes.slice(0, at + scan.length + 2);
}

/** A picture of blocks of one brightness each, as browsers show it. */
export function gridJpeg({ columns, rows, blocks }: LumaGrid): Uint8Array {
	let bits = "";
	let last = 128;
	for (let row = 0; row < rows; row += 2) {
		for (let column = 0; column < columns; column += 2) {
			for (let i = 0; i < 4; i++) {
				const value = blocks[(row + (i >> 1)) * columns + column + (i & 1)];
				bits += block(0, value - last);
				last = value;
			}
			bits += NO_COLOUR;
		}
	}
	return picture(columns * 8, rows * 8, scanOf(bits));
}

/** A frame with such a picture. */
export function gridFrame(grid: LumaGrid, sequence: number, at: number, utc?: number): Frame {
	const jpeg = gridJpeg(grid);
	const bytes = new Uint8Array(FRAME_HEADROOM + jpeg.length + FRAME_TAILROOM);
	bytes.set(jpeg, FRAME_HEADROOM);
	return new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + jpeg.length, sequence, at, utc);
}
