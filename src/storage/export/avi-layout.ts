import type { Millis, Octets } from "../../core/time";
import type { ExportLayout } from "./export-layout";
import type { PictureTable } from "./picture-table";

/** The largest file: many programs count its octets with 31 bits. */
export const AVI_MAX: Octets = 0x7fff_0000;

const CHUNK_HEAD: Octets = 8;
const INDEX_ENTRY: Octets = 16;
/** Octets of everything before the first chunk. */
const HEAD: Octets = 224;
/** The most empty chunks before a picture; a picture that comes even later comes too early. */
const REPEATS_MAX = 500;
const INTERVAL_MIN: Millis = 10;
const INTERVAL_MAX: Millis = 60_000;
const HAS_INDEX = 0x10;
const KEY_FRAME = 0x10;
const NOTHING = new Uint8Array(0);

/**
 * AVI with JPEG pictures. It has a constant rate, the average one: where a picture is late, empty chunks repeat the one before.
 * @see the AVI RIFF File Reference of Microsoft
 */
export class AviLayout implements ExportLayout {
	readonly type = "video/x-msvideo";
	readonly head: Uint8Array;
	readonly tail: Uint8Array;
	/** The numbers of the chunks of the pictures. */
	private readonly slots: Uint32Array;

	constructor(private readonly table: PictureTable) {
		const { count } = table;
		const average = count > 1 ? table.time(count - 1) / (count - 1) : INTERVAL_MIN * 10;
		const interval = Math.min(INTERVAL_MAX, Math.max(INTERVAL_MIN, average));
		this.slots = new Uint32Array(count);
		let slot = -1;
		let largest = 0;
		let movie: Octets = 4;
		for (let i = 0; i < count; i++) {
			const wanted = Math.round(table.time(i) / interval);
			slot = Math.min(slot + 1 + REPEATS_MAX, Math.max(slot + 1, wanted));
			this.slots[i] = slot;
			largest = Math.max(largest, table.octets(i));
			movie += this.before(i) + table.octets(i) + this.after(i);
		}
		const entries = slot + 1;
		const length = HEAD - 4 + movie + CHUNK_HEAD + entries * INDEX_ENTRY;
		// Too large a file is refused, so its index is not needed.
		this.tail = length > AVI_MAX ? NOTHING : this.index(entries);
		this.head = this.start(length, movie, interval, entries, largest);
	}

	before(picture: number): Octets {
		return (this.repeats(picture) + 1) * CHUNK_HEAD;
	}

	writeBefore(picture: number, bytes: Uint8Array): void {
		const repeats = this.repeats(picture);
		for (let i = 0; i <= repeats; i++) {
			fourcc(bytes, i * CHUNK_HEAD, "00dc");
			u32(bytes, i * CHUNK_HEAD + 4, i < repeats ? 0 : this.table.octets(picture));
		}
	}

	after(picture: number): Octets {
		return this.table.octets(picture) & 1;
	}

	/** How many empty chunks go before a picture. */
	private repeats(picture: number): number {
		return picture === 0 ? 0 : this.slots[picture] - this.slots[picture - 1] - 1;
	}

	private index(entries: number): Uint8Array {
		const { table } = this;
		const bytes = new Uint8Array(CHUNK_HEAD + entries * INDEX_ENTRY);
		fourcc(bytes, 0, "idx1");
		u32(bytes, 4, entries * INDEX_ENTRY);
		let at = CHUNK_HEAD;
		let place = 4;
		for (let i = 0; i < table.count; i++) {
			const repeats = this.repeats(i);
			for (let j = 0; j <= repeats; j++) {
				const octets = j < repeats ? 0 : table.octets(i);
				fourcc(bytes, at, "00dc");
				u32(bytes, at + 4, j < repeats ? 0 : KEY_FRAME);
				u32(bytes, at + 8, place);
				u32(bytes, at + 12, octets);
				at += INDEX_ENTRY;
				place += CHUNK_HEAD + octets + (octets & 1);
			}
		}
		return bytes;
	}

	private start(length: Octets, movie: Octets, interval: Millis, entries: number, largest: Octets): Uint8Array {
		const { width, height } = this.table;
		const bytes = new Uint8Array(HEAD);
		const micros = Math.round(interval * 1000);
		let at = 0;
		const text = (value: string): void => {
			fourcc(bytes, at, value);
			at += 4;
		};
		const number = (...values: number[]): void => {
			for (const value of values) {
				u32(bytes, at, value);
				at += 4;
			}
		};
		text("RIFF");
		number(length - 8);
		text("AVI ");
		text("LIST");
		number(HEAD - 12 - 20);
		text("hdrl");
		text("avih");
		number(56, micros, 0, 0, HAS_INDEX, entries, 0, 1, largest, width, height, 0, 0, 0, 0);
		text("LIST");
		number(4 + 64 + 48);
		text("strl");
		text("strh");
		number(56);
		text("vids");
		text("MJPG");
		number(0, 0, 0, micros, 1_000_000, 0, entries, largest, 0xffffffff, 0, 0, (height << 16) | width);
		text("strf");
		number(40, 40, width, height, (24 << 16) | 1);
		text("MJPG");
		number(width * height * 3, 0, 0, 0, 0);
		text("LIST");
		number(movie);
		text("movi");
		return bytes;
	}
}

function u32(bytes: Uint8Array, at: Octets, value: number): void {
	bytes[at] = value;
	bytes[at + 1] = value >>> 8;
	bytes[at + 2] = value >>> 16;
	bytes[at + 3] = value >>> 24;
}

function fourcc(bytes: Uint8Array, at: Octets, text: string): void {
	for (let i = 0; i < 4; i++) bytes[at + i] = text.charCodeAt(i);
}
