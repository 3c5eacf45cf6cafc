import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";
import { EntropyBits, NO_DIFFERENCE } from "./entropy-bits";
import { HuffmanLookup } from "./huffman-lookup";
import { hasLength, isFrameMarker } from "./jpeg";
import type { JpegColours } from "./jpeg-colours";
import { standardHuffman } from "./standard-huffman";

/** The most blocks of brightness in a picture: those of 16 megapixels. */
export const LUMA_BLOCKS_MAX = 262_144;

/** Why the blocks of a picture can't be read. */
export type JpegDcFault =
	/** Not a JPEG picture, or one whose headers are malformed. */
	| "malformed"
	/** Progressive, arithmetic or 12 bits, with more than three components, or with a scan for each component. */
	| "unsupported"
	| "too-large"
	/** The data of the scan is not valid, or ends too early. */
	| "corrupt";

const SEGMENTS_MAX = 256;
const COMPONENTS_MAX = 3;
const TABLES = 4;

const DHT = 0xc4;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;

/**
 * Reads the mean brightness of each block of 8 × 8 pixels of a baseline JPEG picture, without decoding it.
 *
 * The mean of a block is its DC coefficient times the quantizer, divided by 8, plus 128. DC coefficients are found by a walk over
 * the Huffman codes that skips the values of all others. One object serves any number of pictures, one after another, and
 * allocates nothing once it has seen the largest.
 * @see ITU-T T.81 §F.2.2
 */
export class JpegDc {
	/** In blocks; of the last picture that was read. */
	columns = 0;
	rows = 0;
	/** The brightness of each block, row by row: valid until the next picture. May be longer than there are blocks. */
	blocks = new Uint8Array(0);
	private readonly dc: HuffmanLookup[] = [];
	private readonly ac: HuffmanLookup[] = [];
	/** By table: the quantizer of DC coefficients. */
	private readonly quantizers = new Uint16Array(TABLES);
	private components = 0;
	private readonly ids = new Uint8Array(COMPONENTS_MAX);
	/** By component: how many blocks of it a group has across. */
	readonly widths = new Uint8Array(COMPONENTS_MAX);
	/** By component: how many blocks of it a group has down. */
	readonly heights = new Uint8Array(COMPONENTS_MAX);
	/** By component: the table of its quantizer. */
	private readonly quantizerOf = new Uint8Array(COMPONENTS_MAX);
	private readonly dcTables = new Uint8Array(COMPONENTS_MAX);
	private readonly acTables = new Uint8Array(COMPONENTS_MAX);
	/** Of brightness. */
	private prediction = 0;
	private restartInterval = 0;
	private readonly bits = new EntropyBits();

	/** @param colours gets the mean colours too. @default they are not kept */
	constructor(private readonly colours?: JpegColours) {
		for (let i = 0; i < TABLES; i++) {
			this.dc.push(new HuffmanLookup(true));
			this.ac.push(new HuffmanLookup(false));
		}
	}

	/** Reads the picture `bytes[start, end)`. @returns `undefined`: {@link blocks} are its blocks */
	read(bytes: Uint8Array, start: Octets, end: Octets): JpegDcFault | undefined {
		if (end - start < 4 || bytes[start] !== 0xff || bytes[start + 1] !== 0xd8) return "malformed";
		this.components = 0;
		this.restartInterval = 0;
		this.quantizers.fill(0);
		// Motion JPEG of USB cameras leaves the standard tables out.
		for (let i = 0; i < 2; i++) {
			useStandard(this.dc[i], i);
			useStandard(this.ac[i], 0x10 | i);
		}
		let at = start + 2;
		for (let segments = 0; segments < SEGMENTS_MAX; segments++) {
			while (at + 4 < end && bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
			if (at + 4 > end || bytes[at] !== 0xff) return "malformed";
			const marker = bytes[at + 1];
			const body = at + 4;
			const next = at + 2 + readU16(bytes, at + 2);
			if (next < body || next > end || !hasLength(marker)) return "malformed";
			const fault =
				marker === SOS
					? this.scanHeader(bytes, body, next)
					: isFrameMarker(marker)
						? this.frameHeader(marker, bytes, body, next)
						: this.table(marker, bytes, body, next);
			if (fault !== undefined) return fault;
			if (marker === SOS) return this.scan(bytes, next, end) ? undefined : "corrupt";
			at = next;
		}
		return "malformed";
	}

	private table(marker: number, bytes: Uint8Array, body: Octets, next: Octets): JpegDcFault | undefined {
		let at = body;
		if (marker === DRI) {
			if (next - body !== 2) return "malformed";
			this.restartInterval = readU16(bytes, body);
		} else if (marker === DQT) {
			while (at < next) {
				const isWide = bytes[at] >> 4 !== 0;
				const table = bytes[at] & 15;
				const length = 1 + (isWide ? 128 : 64);
				if (table >= TABLES || at + length > next) return "malformed";
				this.quantizers[table] = isWide ? readU16(bytes, at + 1) : bytes[at + 1];
				at += length;
			}
		} else if (marker === DHT) {
			while (at < next) {
				if (at + 17 > next) return "malformed";
				let length = 16;
				for (let i = 1; i <= 16; i++) length += bytes[at + i];
				const table = bytes[at] & 15;
				if (bytes[at] >> 4 > 1 || table >= TABLES || length > 16 + 256 || at + 1 + length > next) return "malformed";
				(bytes[at] >> 4 === 0 ? this.dc : this.ac)[table].set(bytes, at + 1, length);
				at += 1 + length;
			}
		}
		return undefined;
	}

	private frameHeader(marker: number, bytes: Uint8Array, body: Octets, next: Octets): JpegDcFault | undefined {
		if (this.components !== 0 || next - body < 6) return "malformed";
		if (marker > 0xc1 || bytes[body] !== 8) return "unsupported";
		const height = readU16(bytes, body + 1);
		const width = readU16(bytes, body + 3);
		const components = bytes[body + 5];
		if (width === 0 || height === 0 || next - body !== 6 + 3 * components) return "malformed";
		if (components !== 1 && components !== COMPONENTS_MAX) return "unsupported";
		for (let i = 0; i < components; i++) {
			const at = body + 6 + 3 * i;
			const horizontal = bytes[at + 1] >> 4;
			const vertical = bytes[at + 1] & 15;
			if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4 || bytes[at + 2] >= TABLES)
				return "malformed";
			this.ids[i] = bytes[at];
			this.quantizerOf[i] = bytes[at + 2];
			this.widths[i] = horizontal;
			this.heights[i] = vertical;
			// Brightness is sampled as densely as anything.
			if (horizontal > this.widths[0] || vertical > this.heights[0]) return "unsupported";
		}
		this.columns = (width + 7) >> 3;
		this.rows = (height + 7) >> 3;
		if (this.columns * this.rows > LUMA_BLOCKS_MAX) return "too-large";
		this.components = components;
		if (this.blocks.length < this.columns * this.rows) this.blocks = new Uint8Array(this.columns * this.rows);
		return undefined;
	}

	private scanHeader(bytes: Uint8Array, body: Octets, next: Octets): JpegDcFault | undefined {
		const { components } = this;
		if (components === 0 || next - body !== 4 + 2 * bytes[body]) return "malformed";
		if (bytes[body] !== components) return "unsupported";
		for (let i = 0; i < components; i++) {
			const tables = bytes[body + 2 + 2 * i];
			if (bytes[body + 1 + 2 * i] !== this.ids[i] || tables >> 4 >= TABLES || (tables & 15) >= TABLES)
				return "malformed";
			this.dcTables[i] = tables >> 4;
			this.acTables[i] = tables & 15;
			if (!this.dc[tables >> 4].isValid || !this.ac[tables & 15].isValid) return "malformed";
		}
		return this.quantizers[this.quantizerOf[0]] === 0 ? "malformed" : undefined;
	}

	private scan(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const { bits, columns, rows, restartInterval } = this;
		// A scan of one component has no groups of blocks.
		const isGrey = this.components === 1;
		const width = isGrey ? 1 : this.widths[0];
		const height = isGrey ? 1 : this.heights[0];
		let untilRestart = restartInterval;
		this.prediction = 0;
		this.colours?.begin(columns, rows, this.components, this);
		bits.start(bytes, start, end);
		for (let row = 0; row < rows; row += height) {
			for (let column = 0; column < columns; column += width) {
				if (restartInterval > 0 && untilRestart-- === 0) {
					if (!bits.restart()) return false;
					untilRestart = restartInterval - 1;
					this.prediction = 0;
					this.colours?.restart();
				}
				if (!this.group(row, column, isGrey) || bits.isShort) return false;
			}
		}
		bits.finish();
		return true;
	}

	/** Walks over one group of blocks (MCU), and keeps the brightness of those that are in the picture. */
	private group(row: number, column: number, isGrey: boolean): boolean {
		const { bits, blocks, columns, rows, components, colours } = this;
		colours?.group(row, column);
		const quantizer = this.quantizers[this.quantizerOf[0]];
		for (let component = 0; component < components; component++) {
			const dc = this.dc[this.dcTables[component]];
			const ac = this.ac[this.acTables[component]];
			const width = isGrey ? 1 : this.widths[component];
			const height = isGrey ? 1 : this.heights[component];
			for (let y = 0; y < height; y++) {
				for (let x = 0; x < width; x++) {
					const difference = bits.difference(dc);
					if (difference === NO_DIFFERENCE || !bits.skipAc(ac)) return false;
					if (component > 0) {
						colours?.add(component, difference, this.quantizers[this.quantizerOf[component]], y, x);
						continue;
					}
					this.prediction = (this.prediction + difference) | 0;
					if (row + y >= rows || column + x >= columns) continue;
					const mean = 128 + ((this.prediction * quantizer + 4) >> 3);
					blocks[(row + y) * columns + column + x] = mean < 0 ? 0 : mean > 255 ? 255 : mean;
				}
			}
		}
		return true;
	}
}

function useStandard(table: HuffmanLookup, tableClass: number): void {
	const standard = standardHuffman(tableClass);
	if (standard !== undefined) table.set(standard, 0, standard.length);
}
