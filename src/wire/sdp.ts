import { fromBase64 } from "../base/base64";
import { parseDigits } from "../base/digits";
import { utf8Decode } from "../base/text";
import type { Octets } from "../core/time";

/** The longest description that is read. */
export const SDP_MAX: Octets = 65_536;
/** Longer lines are skipped; parameter sets of large pictures are much shorter. */
const LINE_MAX = 8192;
/** What is beyond these numbers is ignored. */
const LINES_MAX = 1024;
const MEDIA_MAX = 16;
const FORMATS_MAX = 32;
const PARAMETERS_MAX = 32;
const PARAMETER_SETS_MAX = 16;

const LF = 10;
const CR = 13;
const EQUALS = 61;

/** A payload type of a medium. */
export interface SdpFormat {
	readonly payloadType: number;
	/** In upper case: `H264`, `JPEG`; empty when the description does not tell. */
	readonly encoding: string;
	readonly clockRate: number;
	/** Those of `fmtp`, names in lower case. */
	readonly parameters: ReadonlyMap<string, string>;
}

/** A medium: one stream of RTP packets. */
export interface SdpMedia {
	/** In lower case: `video`, `audio`, `application`. */
	readonly kind: string;
	/** `RTP/AVP`, mostly. */
	readonly profile: string;
	/** In order of preference. */
	readonly formats: readonly SdpFormat[];
	/** As written, to be resolved by `resolveControl`; empty: none. */
	readonly control: string;
	/** Pictures per second; 0: not told. */
	readonly frameRate: number;
	/** In pixels; 0: not told. */
	readonly width: number;
	readonly height: number;
}

/** A session description, as far as it is of use to a client. */
export interface SdpSession {
	readonly title: string;
	/** Of the whole session, as written; empty: none. */
	readonly control: string;
	/** `npt=0-12.5`; empty: none. */
	readonly range: string;
	readonly media: readonly SdpMedia[];
}

/**
 * Parses the session description of an RTSP server.
 *
 * It is lenient, because cameras are as they are: lines may be in any order, end with a line feed alone, be malformed or missing.
 * @returns `undefined` when it is too long or has no medium
 * @see RFC 8866, RFC 2326 §C.1
 */
export function parseSdp(bytes: Uint8Array): SdpSession | undefined {
	if (bytes.length > SDP_MAX) return undefined;
	const session = new SessionReader();
	let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	for (let lines = 0; at < bytes.length && lines < LINES_MAX; lines++) {
		let end = bytes.indexOf(LF, at);
		if (end < 0) end = bytes.length;
		let start = at;
		at = end + 1;
		while (start < end && bytes[start] <= 32) start++;
		// A camera ends its lines with CR CR LF, another its text with NUL.
		while (end > start && (bytes[end - 1] === CR || bytes[end - 1] <= 32)) end--;
		if (end - start < 2 || end - start > LINE_MAX || bytes[start + 1] !== EQUALS) continue;
		session.line(bytes[start], utf8Decode(bytes, start + 2, end).trim());
	}
	return session.media.length > 0 ? session : undefined;
}

/**
 * Returns the parameter sets of an H.264 format, without start codes; empty when there are none that can be used.
 * @see RFC 6184 §8.1, sprop-parameter-sets
 */
export function parameterSetsOf(format: SdpFormat): Uint8Array[] {
	const sets: Uint8Array[] = [];
	for (const text of (format.parameters.get("sprop-parameter-sets") ?? "").split(",", PARAMETER_SETS_MAX)) {
		const bytes = fromBase64(text.trim());
		if (bytes === undefined) continue;
		// Some cameras leave the start code in.
		let start = 0;
		while (start < 3 && bytes[start] === 0) start++;
		if (start >= 2 && bytes[start] === 1) start++;
		else start = 0;
		const type = bytes[start] & 31;
		if (bytes.length - start >= 2 && (type === 7 || type === 8)) sets.push(bytes.slice(start));
	}
	return sets;
}

/** Collects what the lines say; those after an `m=` line are about that medium. */
class SessionReader implements SdpSession {
	title = "";
	control = "";
	range = "";
	readonly media: MediaReader[] = [];
	/** True while the lines are about a medium that is ignored. */
	private skipping = false;

	/** @param type the character before the equals sign */
	line(type: number, value: string): void {
		switch (type) {
			case 0x73: // s
				if (this.media.length === 0) this.title = value;
				break;
			case 0x6d: // m
				this.skipping = this.media.length >= MEDIA_MAX;
				if (!this.skipping) this.media.push(new MediaReader(value));
				break;
			case 0x61: // a
				if (!this.skipping) this.attribute(value);
				break;
			default:
		}
	}

	private attribute(line: string): void {
		const colon = line.indexOf(":");
		if (colon < 0) return;
		const name = line.slice(0, colon).trim().toLowerCase();
		const value = line.slice(colon + 1).trim();
		const medium = this.media.length > 0 ? this.media[this.media.length - 1] : undefined;
		if (name === "range") {
			if (this.range === "") this.range = value;
		} else if (medium !== undefined) medium.attribute(name, value);
		else if (name === "control") this.control = value;
	}
}

class MediaReader implements SdpMedia {
	readonly kind: string;
	readonly profile: string;
	readonly formats: FormatReader[] = [];
	control = "";
	frameRate = 0;
	width = 0;
	height = 0;

	/** @param line what follows `m=` */
	constructor(line: string) {
		const words = wordsOf(line);
		this.kind = (words[0] ?? "").toLowerCase();
		this.profile = words[2] ?? "";
		for (let i = 3; i < words.length; i++) this.add(words[i]);
	}

	attribute(name: string, value: string): void {
		switch (name) {
			case "control":
				this.control = value;
				break;
			case "rtpmap":
				this.map(value);
				break;
			case "fmtp":
				this.parameters(value);
				break;
			case "framerate":
			case "x-framerate":
				this.rate(value);
				break;
			case "x-dimensions":
				this.size(value.split(",", 2));
				break;
			case "framesize":
				this.size((wordsOf(value)[1] ?? "").split("-", 2));
				break;
			default:
		}
	}

	private map(value: string): void {
		const [type, encoding = ""] = wordsOf(value);
		// A medium without a list of payload types has those that are mapped.
		const format = this.find(type) ?? (this.formats.length === 0 ? this.add(type) : undefined);
		if (format === undefined) return;
		const parts = encoding.split("/", 3);
		format.encoding = parts[0].toUpperCase();
		const rate = parseDigits(parts[1] ?? "", 15);
		if (rate !== undefined && rate > 0) format.clockRate = rate;
	}

	private parameters(value: string): void {
		const space = value.indexOf(" ");
		if (space < 0) return;
		// With a single payload type another number is a mistake.
		const format = this.find(value.slice(0, space)) ?? (this.formats.length === 1 ? this.formats[0] : undefined);
		if (format === undefined) return;
		for (const part of value.slice(space + 1).split(";", PARAMETERS_MAX)) {
			const equals = part.indexOf("=");
			const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
			if (name !== "" && format.parameters.size < PARAMETERS_MAX)
				format.parameters.set(name, equals < 0 ? "" : part.slice(equals + 1).trim());
		}
	}

	private rate(value: string): void {
		const rate = Number.parseFloat(value);
		if (rate > 0 && rate <= 1000) this.frameRate = rate;
	}

	private size([first, second]: readonly string[]): void {
		const width = parseDigits((first ?? "").trim(), 15) ?? 0;
		const height = parseDigits((second ?? "").trim(), 15) ?? 0;
		if (width < 1 || height < 1 || width > 65535 || height > 65535) return;
		this.width = width;
		this.height = height;
	}

	private find(type: string | undefined): FormatReader | undefined {
		const number = parseDigits(type ?? "", 15);
		for (const format of this.formats) if (format.payloadType === number) return format;
		return undefined;
	}

	private add(type: string | undefined): FormatReader | undefined {
		const number = parseDigits(type ?? "", 15);
		if (number === undefined || number > 127 || this.formats.length >= FORMATS_MAX) return undefined;
		const format = new FormatReader(number);
		this.formats.push(format);
		return format;
	}
}

class FormatReader implements SdpFormat {
	encoding: string;
	clockRate = 90_000;
	readonly parameters = new Map<string, string>();

	constructor(readonly payloadType: number) {
		this.encoding = staticEncoding(payloadType);
	}
}

/** The encodings of video with static payload types, which need no `rtpmap`. @see RFC 3551 §6 */
function staticEncoding(payloadType: number): string {
	switch (payloadType) {
		case 26:
			return "JPEG";
		case 28:
			return "NV";
		case 31:
			return "H261";
		case 32:
			return "MPV";
		case 33:
			return "MP2T";
		case 34:
			return "H263";
		default:
			return "";
	}
}

function wordsOf(line: string): string[] {
	const words: string[] = [];
	for (const word of line.split(" ", FORMATS_MAX * 2)) if (word !== "") words.push(word);
	return words;
}
