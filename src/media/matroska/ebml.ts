import type { ByteWriter } from "../../base/byte-writer";
import type { Millis, Octets } from "../../core/time";

/** Identifiers of the elements that we write or look at, with their length marker. @see RFC 8794 §11, RFC 9559 §5.1 */
export const EBML_HEADER = 0x1a45dfa3;
export const EBML_VOID = 0xec;
export const DOC_TYPE = 0x4282;
export const DOC_TYPE_VERSION = 0x4287;
export const DOC_TYPE_READ_VERSION = 0x4285;
export const SEGMENT = 0x18538067;
export const SEEK_HEAD = 0x114d9b74;
export const SEEK = 0x4dbb;
export const SEEK_ID = 0x53ab;
export const SEEK_POSITION = 0x53ac;
export const INFO = 0x1549a966;
export const TIMESTAMP_SCALE = 0x2ad7b1;
export const DURATION = 0x4489;
export const DATE_UTC = 0x4461;
export const MUXING_APP = 0x4d80;
export const WRITING_APP = 0x5741;
export const TRACKS = 0x1654ae6b;
export const TRACK_ENTRY = 0xae;
export const TRACK_NUMBER = 0xd7;
export const TRACK_UID = 0x73c5;
export const TRACK_TYPE = 0x83;
export const FLAG_LACING = 0x9c;
export const DEFAULT_DURATION = 0x23e383;
export const CODEC_ID = 0x86;
export const CODEC_PRIVATE = 0x63a2;
export const CONTENT_ENCODINGS = 0x6d80;
export const VIDEO = 0xe0;
export const PIXEL_WIDTH = 0xb0;
export const PIXEL_HEIGHT = 0xba;
export const TAGS = 0x1254c367;
export const TAG = 0x7373;
export const TARGETS = 0x63c0;
export const SIMPLE_TAG = 0x67c8;
export const TAG_NAME = 0x45a3;
export const TAG_STRING = 0x4487;
export const CLUSTER = 0x1f43b675;
export const TIMESTAMP = 0xe7;
export const POSITION = 0xa7;
export const PREV_SIZE = 0xab;
export const SIMPLE_BLOCK = 0xa3;
export const BLOCK_GROUP = 0xa0;
export const BLOCK = 0xa1;
export const REFERENCE_BLOCK = 0xfb;
const CHAPTERS = 0x1043a770;
const ATTACHMENTS = 0x1941a469;
export const CUES = 0x1c53bb6b;
export const CUE_POINT = 0xbb;
export const CUE_TIME = 0xb3;
export const CUE_TRACK_POSITIONS = 0xb7;
export const CUE_TRACK = 0xf7;
export const CUE_CLUSTER_POSITION = 0xf1;

/** Writes an identifier. */
export function writeId(out: ByteWriter, id: number): ByteWriter {
	if (id > 0xffffff) return out.u32(id);
	if (id > 0xffff) return out.u8(id >>> 16).u16(id & 0xffff);
	return id > 0xff ? out.u16(id) : out.u8(id);
}

/** Writes an identifier and a length of one octet, of at most 126. */
export function writeShort(out: ByteWriter, id: number, length: Octets): ByteWriter {
	return writeId(out, id).u8(0x80 | length);
}

/** Begins an element that {@link endElement} completes. @returns what `endElement` wants */
export function beginElement(out: ByteWriter, id: number): Octets {
	return writeId(out, id).u32(0).length;
}

/** Writes the length of an element, below 2^28 - 1, into the four octets that {@link beginElement} left for it. */
export function endElement(out: ByteWriter, from: Octets): void {
	setLength(out.bytes, from - 4, out.length - from);
}

/** Writes a length, below 2^28 - 1, in four octets. */
export function setLength(bytes: Uint8Array, at: Octets, length: Octets): void {
	bytes[at] = 0x10 | (length >>> 24);
	bytes[at + 1] = length >>> 16;
	bytes[at + 2] = length >>> 8;
	bytes[at + 3] = length;
}

/** Writes an element whose value is a whole number below 2^32, in four octets. */
export function writeNumber(out: ByteWriter, id: number, value: number): ByteWriter {
	return writeShort(out, id, 4).u32(value);
}

/** Writes an element whose value is a whole number below 2^53, in eight octets. */
export function writeLarge(out: ByteWriter, id: number, value: number): ByteWriter {
	return writeShort(out, id, 8)
		.u32(Math.floor(value / 0x100000000))
		.u32(value >>> 0);
}

/** Writes an element with text, one octet a character, of at most 126. */
export function writeAscii(out: ByteWriter, id: number, text: string): ByteWriter {
	return writeShort(out, id, text.length).latin1(text);
}

const double = new DataView(new ArrayBuffer(8));

/** Writes an element whose value is a floating-point number. */
export function writeDouble(out: ByteWriter, id: number, value: number): ByteWriter {
	double.setFloat64(0, value);
	return writeShort(out, id, 8).u32(double.getUint32(0)).u32(double.getUint32(4));
}

/** Writes a `Void` element of `octets` in all, at least 2; decoders pass over it. */
export function writeVoid(out: ByteWriter, octets: Octets): ByteWriter {
	const content = octets < 129 ? octets - 2 : octets - 9;
	if (octets < 129) writeShort(out, EBML_VOID, content);
	else out.u8(EBML_VOID).u32(0x01000000).u32(content);
	for (let i = 0; i < content; i++) out.u8(0);
	return out;
}

/** Milliseconds from 1970 to the epoch of EBML dates, 2001. */
export const EBML_EPOCH: Millis = 978_307_200_000;

/** Writes a date as nanoseconds since 2001, in eight octets. @param utc whole milliseconds since 1970, not before 2001 @see RFC 8794 §7.6 */
export function writeDate(out: ByteWriter, id: number, utc: Millis): ByteWriter {
	const ms = Math.max(0, utc - EBML_EPOCH);
	const low = (ms % 0x10000) * 1e6;
	const upper = Math.floor(ms / 0x10000) * 1e6 + Math.floor(low / 0x10000);
	return writeShort(out, id, 8)
		.u32(Math.floor(upper / 0x10000))
		.u16(upper % 0x10000)
		.u16(low % 0x10000);
}

/** Tells whether an element belongs in a segment, or is a segment or a header: it ends a cluster whose length is unknown. */
export function isTopLevel(id: number): boolean {
	switch (id) {
		case CLUSTER:
		case CUES:
		case SEEK_HEAD:
		case INFO:
		case TRACKS:
		case TAGS:
		case CHAPTERS:
		case ATTACHMENTS:
		case SEGMENT:
		case EBML_HEADER:
			return true;
	}
	return false;
}
