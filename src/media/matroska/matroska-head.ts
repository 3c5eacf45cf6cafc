import { ByteWriter } from "../../base/byte-writer";
import { latin1, utf8Encode } from "../../base/text";
import type { Millis, Octets } from "../../core/time";
import type { VideoEncoding } from "../video-encoding";
import { avcConfig } from "./avc-config";
import * as E from "./ebml";

/** The description at the start of a recording. */
export interface MatroskaHead {
	readonly encoding: VideoEncoding;
	/** In pixels. */
	readonly width: number;
	readonly height: number;
	/** The date of time 0, in whole milliseconds since 1970; 0: the file does not say it. */
	readonly utc: Millis;
	/** Of H.264: sequence and picture parameter sets (NAL units without start codes); otherwise empty. */
	readonly parameterSets: readonly Uint8Array[];
	/** The key of the camera: ASCII, at most 48 characters; may be empty. */
	readonly camera: string;
	/** The name of the camera for people; may be empty. At most {@link TITLE_MAX} octets of UTF-8 are written. */
	readonly title: string;
}

/** Values that are known at the end of a recording, and are then patched into its head. */
export interface MatroskaEnding {
	/** From time 0 until the last picture is no longer shown. */
	readonly duration: Millis;
	/** How many pictures there are. */
	readonly pictures: number;
	/** Why nothing follows: ASCII, at most 8 characters; empty: the next recording begins without a gap. */
	readonly gap: string;
	/** Where the `Cues` element is in the file. */
	readonly cues: Octets;
	/** The length of the whole file. */
	readonly length: Octets;
}

/** The longest title in octets. */
export const TITLE_MAX: Octets = 120;
/**
 * The patch at the end of a recording stays within this many octets at the start of the file: one sector of a medium, which
 * is written whole or not at all.
 */
export const MATROSKA_PATCH: Octets = 512;
/** Where the content of the segment starts in files of ours: positions in `Cues` count from there. */
export const SEGMENT_CONTENT: Octets = 39;

const SEEK_ENTRY: Octets = 24;
const APP = "Porthole";

/**
 * Makes the head of a recording: everything before its first cluster.
 *
 * The head without an ending and the one with it have the same length and differ only in their first
 * {@link MATROSKA_PATCH} octets. So a recording ends like this: append the cues, sync, write the patch (the first
 * {@link MATROSKA_PATCH} octets of the head with its ending) at offset 0, sync.
 * @see RFC 9559
 */
export function matroskaHead(head: MatroskaHead, ending?: MatroskaEnding): Uint8Array {
	const out = new ByteWriter(MATROSKA_PATCH + tracksMax(head.parameterSets));
	writeMatroskaStart(out);
	const content = out.length;
	if (ending !== undefined) {
		// The length of the segment replaces "unknown".
		out.length -= 8;
		const size = ending.length - content;
		out.u32(0x01000000 + Math.floor(size / 0x100000000)).u32(size >>> 0);
	}
	const seek = E.beginElement(out, E.SEEK_HEAD);
	const info = seek + 4 * SEEK_ENTRY;
	writeSeek(out, E.INFO, info - content);
	writeSeek(out, E.TAGS, info + INFO_OCTETS - content);
	writeSeek(out, E.TRACKS, MATROSKA_PATCH - content);
	if (ending !== undefined) writeSeek(out, E.CUES, ending.cues - content);
	E.endElement(out, seek);
	if (ending === undefined) E.writeVoid(out, SEEK_ENTRY);
	writeInfo(out, head.utc, ending?.duration);
	writeTags(out, head, ending);
	E.writeVoid(out, MATROSKA_PATCH - out.length);
	writeMatroskaTracks(out, head.encoding, head.width, head.height, head.parameterSets);
	return out.copy();
}

/** Writes the header of EBML and the head of a segment of unknown length. */
function writeMatroskaStart(out: ByteWriter): ByteWriter {
	const header = E.beginElement(out, E.EBML_HEADER);
	E.writeAscii(out, E.DOC_TYPE, "matroska");
	E.writeShort(out, E.DOC_TYPE_VERSION, 1).u8(4);
	E.writeShort(out, E.DOC_TYPE_READ_VERSION, 1).u8(2);
	E.endElement(out, header);
	return E.writeId(out, E.SEGMENT).u32(0x01ffffff).u32(0xffffffff);
}

/**
 * Makes what comes before the first cluster of a live stream of JPEG pictures that is not kept.
 * @param fps the usual rate, which encoders write into their stream; 0: not known
 */
export function matroskaStreamHead(width: number, height: number, fps: number): Uint8Array {
	const out = writeMatroskaStart(new ByteWriter(64 + tracksMax([])));
	writeMatroskaTracks(out, "JPEG", width, height, [], fps);
	return out.copy();
}

/** The most octets of a `Tracks` element with these parameter sets. */
function tracksMax(parameterSets: readonly Uint8Array[]): Octets {
	let octets = 160;
	for (const set of parameterSets) octets += 2 + set.length;
	return octets;
}

/**
 * Writes a `Tracks` element with one video track, of number 1.
 * @param out has room for {@link tracksMax}
 * @param fps the usual rate, which encoders write into their stream; 0: not known
 */
function writeMatroskaTracks(
	out: ByteWriter,
	encoding: VideoEncoding,
	width: number,
	height: number,
	parameterSets: readonly Uint8Array[],
	fps = 0,
): void {
	const tracks = E.beginElement(out, E.TRACKS);
	const entry = E.beginElement(out, E.TRACK_ENTRY);
	E.writeShort(out, E.TRACK_NUMBER, 1).u8(1);
	E.writeShort(out, E.TRACK_UID, 1).u8(1);
	E.writeShort(out, E.TRACK_TYPE, 1).u8(1);
	E.writeShort(out, E.FLAG_LACING, 1).u8(0);
	E.writeAscii(out, E.CODEC_ID, encoding === "JPEG" ? CODEC_JPEG : CODEC_H264);
	const video = E.beginElement(out, E.VIDEO);
	E.writeNumber(out, E.PIXEL_WIDTH, width);
	E.writeNumber(out, E.PIXEL_HEIGHT, height);
	E.endElement(out, video);
	if (fps > 0) E.writeNumber(out, E.DEFAULT_DURATION, Math.round(1e9 / fps));
	if (encoding === "H264") {
		const config = E.beginElement(out, E.CODEC_PRIVATE);
		out.octets(avcConfig(parameterSets));
		E.endElement(out, config);
	}
	E.endElement(out, entry);
	E.endElement(out, tracks);
}

export const CODEC_JPEG = "V_MJPEG";
export const CODEC_H264 = "V_MPEG4/ISO/AVC";

function writeSeek(out: ByteWriter, id: number, position: Octets): void {
	const seek = E.beginElement(out, E.SEEK);
	E.writeNumber(out, E.SEEK_ID, id);
	E.writeLarge(out, E.SEEK_POSITION, position);
	E.endElement(out, seek);
}

const INFO_OCTETS: Octets = 8 + 8 + 11 + 11 + 2 * (3 + APP.length);

function writeInfo(out: ByteWriter, utc: Millis, duration: Millis | undefined): void {
	const info = E.beginElement(out, E.INFO);
	E.writeNumber(out, E.TIMESTAMP_SCALE, 1_000_000);
	if (duration === undefined) E.writeVoid(out, 11);
	else E.writeDouble(out, E.DURATION, duration);
	E.writeDate(out, E.DATE_UTC, utc);
	E.writeAscii(out, E.MUXING_APP, APP);
	E.writeAscii(out, E.WRITING_APP, APP);
	E.endElement(out, info);
}

/** The names of our tags. `GAP` and `PICTURES` are empty while the recording runs. */
export const TAG_CAMERA = "CAMERA";
export const TAG_TITLE = "TITLE";
export const TAG_GAP = "GAP";
export const TAG_PICTURES = "PICTURES";

function writeTags(out: ByteWriter, head: MatroskaHead, ending: MatroskaEnding | undefined): void {
	const tags = E.beginElement(out, E.TAGS);
	const tag = E.beginElement(out, E.TAG);
	E.writeShort(out, E.TARGETS, 0);
	// Values that change later have the same length always.
	writeTag(out, TAG_GAP, (ending?.gap ?? "").padEnd(8, "\0"));
	writeTag(out, TAG_PICTURES, (ending === undefined ? "" : String(ending.pictures)).padEnd(10, "\0"));
	writeTag(out, TAG_CAMERA, head.camera);
	writeTag(out, TAG_TITLE, latin1(shortTitle(head.title)));
	E.endElement(out, tag);
	E.endElement(out, tags);
}

function writeTag(out: ByteWriter, name: string, value: string): void {
	const tag = E.beginElement(out, E.SIMPLE_TAG);
	E.writeAscii(out, E.TAG_NAME, name);
	E.writeAscii(out, E.TAG_STRING, value);
	E.endElement(out, tag);
}

/** Encodes a title and cuts it between two characters. */
function shortTitle(title: string): Uint8Array {
	const whole = utf8Encode(title);
	let end = Math.min(whole.length, TITLE_MAX);
	while (end > 0 && end < whole.length && (whole[end] & 0xc0) === 0x80) end--;
	return whole.subarray(0, end);
}
