import type { Millis, Octets } from "../../core/time";
import type { VideoEncoding } from "../video-encoding";
import { readAvcConfig } from "./avc-config";
import * as E from "./ebml";
import { EbmlReader, readDate } from "./ebml-reader";
import {
	CODEC_H264,
	CODEC_JPEG,
	type MatroskaEnding,
	type MatroskaHead,
	TAG_CAMERA,
	TAG_GAP,
	TAG_PICTURES,
	TAG_TITLE,
	TITLE_MAX,
} from "./matroska-head";

/** The content of the head of a Matroska file, one of ours or of another program. */
export interface MatroskaFacts extends MatroskaHead {
	/** The values patched in at its end; `undefined` in a file of ours that has not ended, and in files of other programs. */
	readonly ending: MatroskaEnding | undefined;
	/** As far as the file says it; 0: it does not. */
	readonly duration: Millis;
	/** Where the segment's content starts: positions in `SeekHead` and `Cues` count from there. */
	readonly segment: Octets;
	/** Where the first cluster is. */
	readonly clusters: Octets;
	/** Where the `Cues` element is; 0: the head does not say it. */
	readonly cues: Octets;
	/** The number of the track that is played, its first video track. */
	readonly track: number;
	/** Milliseconds of a unit of time in the file; 1 in files of ours. */
	readonly scale: number;
}

/** The codec of AVI files in Matroska; its private data has a BITMAPINFOHEADER with the real one. */
const CODEC_VFW = "V_MS/VFW/FOURCC";
const FOURCC_AT: Octets = 16;
const TRACK_VIDEO = 1;
const SIDE_MAX = 65_535;
const TEXT_MAX: Octets = 64;

/** Collects what the elements before the first cluster say. */
export class MatroskaHeadReader {
	private scale = 1;
	private rawDuration = 0;
	private utc: Millis = 0;
	private cues: Octets = 0;
	private track = 0;
	private codec = "";
	private encoding: VideoEncoding | undefined;
	private width = 0;
	private height = 0;
	private parameterSets: readonly Uint8Array[] = [];
	private camera = "";
	private title = "";
	private gap = "";
	private pictures = 0;
	private readonly level = new EbmlReader();
	private readonly inner = new EbmlReader();
	private readonly innermost = new EbmlReader();

	/** @param segment where the segment's content starts */
	constructor(private readonly segment: Octets) {}

	/** Tells whether the content of an element matters here. */
	static wants(id: number): boolean {
		return id === E.INFO || id === E.TRACKS || id === E.TAGS || id === E.SEEK_HEAD;
	}

	/** Reads the content of an element, `bytes[start, end)`. @returns why the file can't be played; `undefined`: it can so far */
	read(id: number, bytes: Uint8Array, start: Octets, end: Octets): string | undefined {
		if (id === E.TRACKS) return this.readTracks(bytes, start, end);
		if (id === E.TAGS) this.readTags(bytes, start, end);
		else if (id === E.SEEK_HEAD) this.readSeekHead(bytes, start, end);
		else if (!this.readInfo(bytes, start, end)) return "its information is malformed";
		return undefined;
	}

	private readInfo(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const info = this.level.open(bytes, start, end);
		while (info.next()) {
			if (info.id === E.TIMESTAMP_SCALE) this.scale = info.unsigned() / 1e6;
			else if (info.id === E.DURATION) this.rawDuration = info.float();
			else if (info.id === E.DATE_UTC) this.utc = readDate(bytes, info.start, info.end);
		}
		return !info.isMalformed && this.scale > 0 && this.scale <= 1e6;
	}

	private readSeekHead(bytes: Uint8Array, start: Octets, end: Octets): void {
		const { inner } = this;
		const seeks = this.level.open(bytes, start, end);
		while (seeks.next()) {
			if (seeks.id !== E.SEEK) continue;
			let id = 0;
			let position = -1;
			inner.open(bytes, seeks.start, seeks.end);
			while (inner.next()) {
				if (inner.id === E.SEEK_ID) id = inner.unsigned();
				else if (inner.id === E.SEEK_POSITION) position = inner.unsigned();
			}
			if (id === E.CUES && position >= 0) this.cues = this.segment + position;
		}
	}

	private readTracks(bytes: Uint8Array, start: Octets, end: Octets): string | undefined {
		const tracks = this.level.open(bytes, start, end);
		while (this.track === 0 && tracks.next()) {
			if (tracks.id !== E.TRACK_ENTRY) continue;
			const problem = this.readTrack(bytes, tracks.start, tracks.end);
			if (problem !== undefined) return problem;
		}
		return tracks.isMalformed ? "its tracks are malformed" : undefined;
	}

	private readTags(bytes: Uint8Array, start: Octets, end: Octets): void {
		const { inner, innermost } = this;
		const tags = this.level.open(bytes, start, end);
		while (tags.next()) {
			if (tags.id !== E.TAG) continue;
			inner.open(bytes, tags.start, tags.end);
			while (inner.next()) {
				if (inner.id !== E.SIMPLE_TAG) continue;
				let name = "";
				innermost.open(bytes, inner.start, inner.end);
				while (innermost.next()) {
					if (innermost.id === E.TAG_NAME) name = innermost.ascii(TEXT_MAX);
					else if (innermost.id === E.TAG_STRING) this.takeTag(name, innermost);
				}
			}
		}
	}

	/**
	 * All elements before the first cluster were read.
	 * @param clusters where that is
	 * @param end of the segment; `Infinity`: unknown
	 * @param cues where a `Cues` element was passed; 0: none was
	 * @returns the facts, or why the file can't be played
	 */
	facts(clusters: Octets, end: Octets, cues: Octets): MatroskaFacts | string {
		if (this.track === 0) return "it has no video track";
		const { encoding, segment, scale, track, utc, width, height, parameterSets, camera, title, pictures, gap } = this;
		if (encoding === undefined) return `its codec ${this.codec} can't be played`;
		const isDuration = this.rawDuration > 0 && Number.isFinite(this.rawDuration);
		const duration = isDuration ? this.rawDuration * scale : 0;
		const place = this.cues > 0 ? this.cues : cues;
		const hasEnded = pictures > 0 && duration > 0 && place > 0 && end < Number.POSITIVE_INFINITY;
		const ending = hasEnded ? { duration, pictures, gap, cues: place, length: end } : undefined;
		const head = { encoding, width, height, utc, parameterSets, camera, title };
		return { ...head, ending, duration, segment, clusters, cues: place, track, scale };
	}

	private takeTag(name: string, value: EbmlReader): void {
		if (name === TAG_CAMERA) this.camera = value.ascii(TEXT_MAX);
		else if (name === TAG_TITLE) this.title = value.text(TITLE_MAX);
		else if (name === TAG_GAP) this.gap = value.ascii(8);
		else if (name === TAG_PICTURES) this.pictures = digits(value.ascii(10));
	}

	private readTrack(bytes: Uint8Array, start: Octets, end: Octets): string | undefined {
		let number = 0;
		let type = 0;
		let codec = "";
		let privateStart = 0;
		let privateEnd = 0;
		let isEncoded = false;
		const entry = this.inner.open(bytes, start, end);
		while (entry.next()) {
			if (entry.id === E.TRACK_NUMBER) number = entry.unsigned();
			else if (entry.id === E.TRACK_TYPE) type = entry.unsigned();
			else if (entry.id === E.CODEC_ID) codec = printable(entry.ascii(TEXT_MAX));
			else if (entry.id === E.CONTENT_ENCODINGS) isEncoded = true;
			else if (entry.id === E.CODEC_PRIVATE) {
				privateStart = entry.start;
				privateEnd = entry.end;
			} else if (entry.id === E.VIDEO) this.readVideo(bytes, entry.start, entry.end);
		}
		if (entry.isMalformed) return "its tracks are malformed";
		if (type !== TRACK_VIDEO || number <= 0) return undefined;
		if (isEncoded) return "its pictures are compressed or encrypted by Matroska";
		this.track = number;
		this.codec = codec;
		if (codec === CODEC_JPEG || (codec === CODEC_VFW && isMotionJpeg(bytes, privateStart, privateEnd))) {
			this.encoding = "JPEG";
		} else if (codec === CODEC_H264) {
			const config = readAvcConfig(bytes, privateStart, privateEnd);
			if (config === undefined) return "its H.264 configuration is malformed";
			if (config.lengthSize !== 4) return `its H.264 has lengths of ${config.lengthSize} octets`;
			this.encoding = "H264";
			this.parameterSets = config.parameterSets;
		}
		return undefined;
	}

	private readVideo(bytes: Uint8Array, start: Octets, end: Octets): void {
		const video = this.innermost.open(bytes, start, end);
		while (video.next()) {
			if (video.id === E.PIXEL_WIDTH) this.width = side(video.unsigned());
			else if (video.id === E.PIXEL_HEIGHT) this.height = side(video.unsigned());
		}
	}
}

/** Tells whether the content of an EBML header says that Matroska follows. */
export function isMatroska(bytes: Uint8Array, start: Octets, end: Octets): boolean {
	const header = new EbmlReader().open(bytes, start, end);
	while (header.next()) {
		if (header.id !== E.DOC_TYPE) continue;
		const type = header.ascii(16);
		return type === "matroska" || type === "webm";
	}
	return false;
}

function side(value: number): number {
	return value > 0 && value <= SIDE_MAX ? value : 0;
}

function isMotionJpeg(bytes: Uint8Array, start: Octets, end: Octets): boolean {
	if (end - start < FOURCC_AT + 4) return false;
	for (let i = 0; i < 4; i++) if (bytes[start + FOURCC_AT + i] !== "MJPG".charCodeAt(i)) return false;
	return true;
}

/** A codec's name goes into messages: leaves ASCII that can be printed. */
function printable(text: string): string {
	let out = "";
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		out += code > 32 && code < 127 ? text[i] : "?";
	}
	return out;
}

/** Reads digits; 0 for anything else. */
function digits(text: string): number {
	let value = 0;
	for (let i = 0; i < text.length; i++) {
		const digit = text.charCodeAt(i) - 48;
		if (digit < 0 || digit > 9) return 0;
		value = value * 10 + digit;
	}
	return value;
}
