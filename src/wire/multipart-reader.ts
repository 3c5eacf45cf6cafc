import { parseDigits } from "../base/digits";
import { latin1 } from "../base/text";
import type { Millis, Octets, Seconds } from "../core/time";

/** The longest line, and the most lines of a part's head. */
const LINE_MAX = 1024;
const LINES_MAX = 32;

/** The latest time that is taken for one, in seconds since 1970. */
const TIME_MAX: Seconds = 4_100_000_000;

const LF = 10;
const CR = 13;
const HYPHEN = 45;

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
		const text = latin1(this.line, 0, end);
		const colon = text.indexOf(":");
		// Some cameras repeat the boundary, or write a status line.
		if (colon < 0) return true;
		const name = text.slice(0, colon).trim().toLowerCase();
		const value = text.slice(colon + 1).trim();
		if (name === "content-type") this.type = value.toLowerCase();
		else if (name === "content-length") this.length = parseDigits(value, 9) ?? -1;
		else if (name === "x-timestamp") this.utc = timeOf(value);
		return true;
	}
}

/** Reads the seconds since 1970 with decimals that MJPEG servers send. @returns milliseconds */
function timeOf(value: string): Millis | undefined {
	const seconds = value.length > 24 ? Number.NaN : Number(value);
	return seconds > 0 && seconds < TIME_MAX ? Math.round(seconds * 1000) : undefined;
}
