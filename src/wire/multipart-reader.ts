import { latin1, utf8Encode } from "../base/text";
import type { Millis, Octets } from "../core/time";

/** The longest line, and the most lines of a part's head. */
const LINE_MAX = 1024;
const LINES_MAX = 32;

/** The most digits of a length, and of the seconds since 1970. */
const LENGTH_DIGITS = 9;
const SECONDS_DIGITS = 10;
const TYPE = utf8Encode("content-type");
const LENGTH = utf8Encode("content-length");
const TIMESTAMP = utf8Encode("x-timestamp");

const NOTHING = new Uint8Array(0);

const LF = 10;
const CR = 13;
const HYPHEN = 45;
const COLON = 58;
const POINT = 46;

/** Receives the parts of a {@link MultipartReader}. */
export interface MultipartSink {
	/**
	 * A part of this length begins.
	 * @param utc when it was made, in milliseconds since 1970, as X-Timestamp says; `undefined`: it does not say
	 * @returns false to skip it
	 */
	partBegins(type: string, length: Octets, utc: Millis | undefined): boolean;
	/** The next octets of its body: `bytes[start, end)`, valid during the call. */
	partOctets(bytes: Uint8Array, start: number, end: number): void;
	/** The part is complete. */
	partEnds(): void;
}

/** What a reader expects next; numbers, because XS copies a string for each comparison. */
const BOUNDARY = 0;
const HEAD = 1;
const BODY = 2;
const LOST = 3;

/**
 * Reads the parts of an endless multipart body whose heads declare their length, however the stream is cut.
 *
 * Cameras announce one boundary and send another, so each line that begins with two hyphens counts as one. Where a part declares
 * no length, or something else stands where a boundary must be, the reader is {@link isLost}: what follows has to be searched for
 * pictures.
 * @see RFC 2046 §5.1
 */
export class MultipartReader {
	/** The current line, as far as it has come. */
	private readonly line = new Uint8Array(LINE_MAX);
	private lineLength = 0;
	private lines = 0;
	private state = BOUNDARY;
	private type = "";
	/** The type of a part before, as it was sent, and as text in lower case. */
	private typeOctets: Uint8Array = NOTHING;
	private typeText = "";
	private length = -1;
	private utc: Millis | undefined;
	private missing = 0;
	private isTaken = false;

	/** @param partMax the longest part; a longer one loses the reader */
	constructor(
		private readonly sink: MultipartSink,
		private readonly partMax: Octets,
	) {}

	/** True: nothing more can be read as parts. */
	get isLost(): boolean {
		return this.state === LOST;
	}

	/** Takes `bytes[start, end)`. @returns where it stopped: `end`, or earlier when it is lost */
	push(bytes: Uint8Array, start: number, end: number): number {
		let at = start;
		while (at < end && this.state !== LOST) {
			if (this.state === BODY) {
				const taken = Math.min(end - at, this.missing);
				this.missing -= taken;
				if (this.isTaken) this.sink.partOctets(bytes, at, at + taken);
				at += taken;
				if (this.missing === 0) this.endPart();
			} else {
				const feed = bytes.indexOf(LF, at);
				const stop = feed < 0 || feed >= end ? end : feed + 1;
				if (this.lineLength + stop - at > LINE_MAX) return this.lose(at);
				for (let i = at; i < stop; i++) this.line[this.lineLength++] = bytes[i];
				if (this.line[this.lineLength - 1] === LF && !this.takeLine()) return this.lose(stop);
				at = stop;
			}
		}
		return at;
	}

	private lose(at: number): number {
		this.state = LOST;
		return at;
	}

	private endPart(): void {
		this.state = BOUNDARY;
		if (this.isTaken) this.sink.partEnds();
	}

	/** @returns false when the line is not allowed here */
	private takeLine(): boolean {
		const { line } = this;
		let end = this.lineLength - 1;
		if (end > 0 && line[end - 1] === CR) end--;
		this.lineLength = 0;
		if (++this.lines > LINES_MAX) return false;
		if (this.state === BOUNDARY) {
			if (end === 0) return true;
			if (end < 2 || line[0] !== HYPHEN || line[1] !== HYPHEN) return false;
			this.state = HEAD;
			this.type = "";
			this.length = -1;
			this.utc = undefined;
			this.lines = 0;
			return true;
		}
		if (end > 0) return this.takeField(end);
		this.lines = 0;
		if (this.length < 0 || this.length > this.partMax) return false;
		this.missing = this.length;
		this.isTaken = this.sink.partBegins(this.type, this.length, this.utc);
		this.state = BODY;
		if (this.missing === 0) this.endPart();
		return true;
	}

	private takeField(end: number): boolean {
		const { line } = this;
		const colon = line.indexOf(COLON);
		// Some cameras repeat the boundary, or write a status line.
		if (colon < 0 || colon >= end) return true;
		let nameStart = 0;
		let nameEnd = colon;
		while (nameStart < nameEnd && isBlank(line[nameStart])) nameStart++;
		while (nameEnd > nameStart && isBlank(line[nameEnd - 1])) nameEnd--;
		let start = colon + 1;
		let stop = end;
		while (start < stop && isBlank(line[start])) start++;
		while (stop > start && isBlank(line[stop - 1])) stop--;
		// No strings: on XS those of each picture would bring the collector in again and again.
		if (isName(line, nameStart, nameEnd, TYPE)) this.takeType(start, stop);
		else if (isName(line, nameStart, nameEnd, LENGTH)) this.length = digitsOf(line, start, stop, LENGTH_DIGITS);
		else if (isName(line, nameStart, nameEnd, TIMESTAMP)) this.takeTime(start, stop);
		return true;
	}

	/** Mostly the type is that of the part before, whose text is used again. */
	private takeType(start: number, end: number): void {
		const { line, typeOctets } = this;
		let isSame = typeOctets.length === end - start;
		for (let i = start; i < end && isSame; i++) isSame = line[i] === typeOctets[i - start];
		if (!isSame) {
			this.typeOctets = line.slice(start, end);
			this.typeText = latin1(line, start, end).toLowerCase();
		}
		this.type = this.typeText;
	}

	/** Takes the seconds since 1970 with decimals that MJPEG servers send. */
	private takeTime(start: number, end: number): void {
		const point = this.line.indexOf(POINT, start);
		const isWhole = point < 0 || point >= end;
		const seconds = digitsOf(this.line, start, isWhole ? end : point, SECONDS_DIGITS);
		// Three decimals are read; the others are of no use.
		const decimals = isWhole ? 0 : Math.min(end - point - 1, 3);
		const part = decimals === 0 ? 0 : digitsOf(this.line, point + 1, point + 1 + decimals, 3);
		if (seconds <= 0 || part < 0) return;
		this.utc = seconds * 1000 + (decimals === 1 ? part * 100 : decimals === 2 ? part * 10 : part);
	}
}

function isBlank(code: number): boolean {
	return code === 32 || code === 9;
}

/** Whether octets are a name of a field. @param name in lower case */
function isName(line: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
	if (end - start !== name.length) return false;
	for (let i = 0; i < name.length; i++) {
		const code = line[start + i];
		if ((code >= 65 && code <= 90 ? code | 32 : code) !== name[i]) return false;
	}
	return true;
}

/** Reads decimal digits. @returns -1 for anything else, or more than `most` */
function digitsOf(line: Uint8Array, start: number, end: number, most: number): number {
	if (end <= start || end - start > most) return -1;
	let value = 0;
	for (let i = start; i < end; i++) {
		const digit = line[i] - 48;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return value;
}
