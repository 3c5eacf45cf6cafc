import { ByteWriter } from "../../base/byte-writer";
import type { Octets } from "../../core/time";
import { avcConfig } from "../../media/matroska/avc-config";
import type { ExportLayout } from "./export-layout";
import type { PictureTable } from "./picture-table";

/** Pictures in a chunk: programs read one at a time. */
const CHUNK = 16;
/** Octets of the head without what its tables need for each picture. */
const FIXED: Octets = 2048;
/** Octets of a picture in the tables at most: time, length, key, and its share of a chunk. */
const EACH: Octets = 17;
const MEDIA_TIMESCALE = 1000;
/** Seconds from 1904, with which the dates of these files begin, to 1970. */
const SINCE_1904 = 2_082_844_800;
const NOTHING = new Uint8Array(0);

/**
 * MP4 or QuickTime with its tables at the front, so that playing begins with the first octets. All pictures follow each other.
 * @see ISO/IEC 14496-12, QuickTime File Format Specification
 */
export class Mp4Layout implements ExportLayout {
	readonly type: string;
	readonly head: Uint8Array;
	readonly tail = NOTHING;
	private readonly out: ByteWriter;
	/** Where the places of the chunks are in the head. */
	private chunksAt: Octets = 0;

	/** @param isQuickTime true: QuickTime (`mov`), which may hold JPEG too; false: MP4 */
	constructor(
		private readonly table: PictureTable,
		private readonly isQuickTime: boolean,
	) {
		this.type = isQuickTime ? "video/quicktime" : "video/mp4";
		let octets = 0;
		for (let i = 0; i < table.count; i++) octets += table.octets(i);
		let config = 0;
		for (const set of table.files[0].parameterSets) config += 2 + set.length;
		const out = new ByteWriter(FIXED + config + table.count * EACH);
		this.out = out;
		const type = this.box("ftyp");
		if (isQuickTime) out.latin1("qt  ").u32(0x20050300).latin1("qt  ");
		else out.latin1("isom").u32(0x200).latin1("isomiso2avc1mp41");
		this.end(type);
		const isLarge = octets + out.bytes.length > 0xffffffff;
		this.movie(isLarge);
		if (isLarge) {
			const length = octets + 16;
			out.u32(1).latin1("mdat");
			out.u32(Math.floor(length / 0x100000000)).u32(length >>> 0);
		} else {
			out.u32(octets + 8).latin1("mdat");
		}
		this.head = out.copy();
		this.placeChunks(isLarge);
	}

	before(): Octets {
		return 0;
	}

	writeBefore(): void {}

	after(): Octets {
		return 0;
	}

	private movie(isLarge: boolean): void {
		const { out, table, isQuickTime } = this;
		const { end, width, height, skipped } = table;
		const shown = end - skipped;
		const date = (Math.floor(table.utc / 1000) + SINCE_1904) >>> 0;
		const movie = this.box("moov");
		let box = this.box("mvhd");
		out.u32(0).u32(date).u32(date).u32(MEDIA_TIMESCALE).u32(shown).u32(0x10000).u16(0x100).u16(0);
		this.zeros(8).matrix().zeros(24);
		out.u32(2);
		this.end(box);
		const track = this.box("trak");
		box = this.box("tkhd");
		out.u32(3).u32(date).u32(date).u32(1).u32(0).u32(shown);
		this.zeros(16).matrix();
		out.u32(width * 0x10000).u32(height * 0x10000);
		this.end(box);
		if (skipped > 0) {
			const edits = this.box("edts");
			box = this.box("elst");
			out.u32(0).u32(1).u32(shown).u32(skipped).u32(0x10000);
			this.end(box);
			this.end(edits);
		}
		const media = this.box("mdia");
		box = this.box("mdhd");
		out.u32(0).u32(date).u32(date).u32(MEDIA_TIMESCALE).u32(end).u16(0x55c4).u16(0);
		this.end(box);
		this.handler(isQuickTime ? "mhlr" : "\0\0\0\0", "vide", "Video");
		const info = this.box("minf");
		box = this.box("vmhd");
		out.u32(1);
		this.zeros(8).end(box);
		if (isQuickTime) this.handler("dhlr", "url ", "Data");
		const data = this.box("dinf");
		const reference = this.box("dref");
		out.u32(0).u32(1);
		box = this.box("url ");
		out.u32(1);
		this.end(box);
		this.end(reference);
		this.end(data);
		this.samples(isLarge);
		this.end(info);
		this.end(media);
		this.end(track);
		this.end(movie);
	}

	private handler(kind: string, type: string, name: string): void {
		const { out, isQuickTime } = this;
		const box = this.box("hdlr");
		out.u32(0).latin1(kind).latin1(type);
		this.zeros(12);
		// A counted text in QuickTime, one that ends with a zero in MP4.
		if (isQuickTime) out.u8(name.length).latin1(name);
		else out.latin1(name).u8(0);
		this.end(box);
	}

	private samples(isLarge: boolean): void {
		const { out, table } = this;
		const { count } = table;
		const samples = this.box("stbl");
		this.description();
		this.times();
		if (table.encoding === "H264") this.keys();
		let box = this.box("stsc");
		const rest = count % CHUNK;
		const whole = (count - rest) / CHUNK;
		out.u32(0).u32((whole > 0 ? 1 : 0) + (rest > 0 ? 1 : 0));
		if (whole > 0) out.u32(1).u32(CHUNK).u32(1);
		if (rest > 0)
			out
				.u32(whole + 1)
				.u32(rest)
				.u32(1);
		this.end(box);
		box = this.box("stsz");
		out.u32(0).u32(0).u32(count);
		for (let i = 0; i < count; i++) out.u32(table.octets(i));
		this.end(box);
		box = this.box(isLarge ? "co64" : "stco");
		const chunks = whole + (rest > 0 ? 1 : 0);
		out.u32(0).u32(chunks);
		this.chunksAt = out.length;
		this.zeros(chunks * (isLarge ? 8 : 4)).end(box);
		this.end(samples);
	}

	private description(): void {
		const { out, table } = this;
		const { width, height, files } = table;
		const isJpeg = table.encoding === "JPEG";
		const descriptions = this.box("stsd");
		out.u32(0).u32(1);
		const entry = this.box(isJpeg ? "jpeg" : "avc1");
		this.zeros(6);
		out.u16(1);
		this.zeros(16);
		out.u16(width).u16(height).u32(0x480000).u32(0x480000).u32(0).u16(1);
		this.zeros(32);
		out.u16(24).u16(0xffff);
		if (!isJpeg) {
			const box = this.box("avcC");
			out.octets(avcConfig(files[0].parameterSets));
			this.end(box);
		}
		this.end(entry);
		this.end(descriptions);
	}

	private times(): void {
		const { out, table } = this;
		const { count } = table;
		const box = this.box("stts");
		out.u32(0);
		const entriesAt = out.length;
		out.u32(0);
		let entries = 0;
		for (let i = 0; i < count; ) {
			const duration = table.duration(i);
			let next = i + 1;
			while (next < count && table.duration(next) === duration) next++;
			out.u32(next - i).u32(duration);
			entries++;
			i = next;
		}
		writeU32(out.bytes, entriesAt, entries);
		this.end(box);
	}

	private keys(): void {
		const { out, table } = this;
		const box = this.box("stss");
		out.u32(0);
		const entriesAt = out.length;
		out.u32(0);
		let entries = 0;
		for (let i = 0; i < table.count; i++) {
			if (!table.isKey(i)) continue;
			out.u32(i + 1);
			entries++;
		}
		writeU32(out.bytes, entriesAt, entries);
		this.end(box);
	}

	/** The places of the chunks are known when the length of the head is. */
	private placeChunks(isLarge: boolean): void {
		const { table, head } = this;
		let at = this.chunksAt;
		let place = head.length;
		for (let i = 0; i < table.count; i++) {
			if (i % CHUNK === 0) {
				if (isLarge) {
					writeU32(head, at, Math.floor(place / 0x100000000));
					at += 4;
				}
				writeU32(head, at, place >>> 0);
				at += 4;
			}
			place += table.octets(i);
		}
	}

	private matrix(): this {
		const { out } = this;
		for (const value of MATRIX) out.u32(value);
		return this;
	}

	private zeros(count: number): this {
		for (let i = 0; i < count; i++) this.out.u8(0);
		return this;
	}

	/** Begins a box. @returns what {@link end} wants */
	private box(type: string): Octets {
		const at = this.out.length;
		this.out.u32(0).latin1(type);
		return at;
	}

	/** Writes the length of a box. */
	private end(at: Octets): void {
		writeU32(this.out.bytes, at, this.out.length - at);
	}
}

/** Neither turned nor scaled. */
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

function writeU32(bytes: Uint8Array, at: Octets, value: number): void {
	bytes[at] = value >>> 24;
	bytes[at + 1] = value >>> 16;
	bytes[at + 2] = value >>> 8;
	bytes[at + 3] = value;
}
