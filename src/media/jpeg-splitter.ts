import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";

/** The largest picture; a larger one is dropped. */
export const JPEG_MAX: Octets = 16 * 1024 * 1024;

/** Takes pictures that a {@link JpegSplitter} has found. */
export interface JpegSink {
	/** One picture, from SOI to EOI; `bytes` is valid during the call only, and must not be written to. */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void;
}

const FIRST_BUFFER: Octets = 256 * 1024;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/**
 * Splits a byte stream of JPEG pictures, such as the output of ffmpeg or an `.mjpeg` file, into pictures.
 *
 * It follows the segments by their lengths, so that a thumbnail inside one is not taken for a picture, and searches
 * entropy-coded data for the next marker with the host's own search. A length is believed only while no picture starts
 * in the octets that it covers, so damage costs one picture: it is dropped and counted, and the next SOI is the next
 * picture. Octets between pictures are skipped.
 *
 * A picture that has no EOI before the next SOI was cut short, and is dropped. When it happens twice in a row, the camera
 * writes no EOI: then both pictures and those after them are taken, with EOI appended, until there is a picture with EOI.
 * @see ITU-T T.81 Annex B
 */
export class JpegSplitter {
	/** Pictures that got the EOI that their camera leaves out. */
	mended = 0;
	/** Where in the stream the picture starts that the sink gets. */
	position: Octets = 0;
	private dropped = 0;
	private buffer = new Uint8Array(FIRST_BUFFER);
	private length = 0;
	/** Where in the stream the buffer starts. */
	private passed: Octets = 0;
	/** Where the current picture, or the search for one, starts. */
	private start = 0;
	private at = 0;
	private state: "between" | "segments" | "segment" | "entropy" = "between";
	/** The current segment: its marker, the octet after it, and the end. */
	private marker = 0;
	private segment = 0;
	private segmentEnd = 0;
	/** True: the first scan has begun; and: its data has markers that can't be there. */
	private scanned = false;
	private damaged = false;
	/** True: the camera writes no EOI; and the first picture without EOI, until it is known whether that is so. */
	private endless = false;
	private held: Uint8Array | undefined;
	private heldPosition: Octets = 0;

	constructor(private readonly sink: JpegSink) {}

	/** Pictures that could not be followed to their end. */
	get broken(): number {
		return this.dropped + (this.held === undefined ? 0 : 1);
	}

	/** Takes the next octets of the stream. */
	push(chunk: Uint8Array): void {
		this.reserve(chunk.length);
		this.buffer.set(chunk, this.length);
		this.length += chunk.length;
		while (this.step()) {}
		if (this.length - this.start > JPEG_MAX) this.abandon(this.length);
		const { start } = this;
		this.buffer.copyWithin(0, start, this.length);
		this.passed += start;
		this.length -= start;
		this.at -= start;
		this.segment -= start;
		this.segmentEnd -= start;
		this.start = 0;
	}

	/** Ends the stream; a truncated picture counts as broken. The next push starts a new stream. */
	end(): void {
		while (this.step()) {}
		while (this.state !== "between") {
			if (this.scanned) {
				this.damaged ||= this.state !== "entropy";
				this.reserve(2);
				this.unended(this.length);
			} else this.abandon(this.segment);
			while (this.step()) {}
		}
		this.reset();
	}

	/** Drops the current picture; the next push starts a new stream. */
	reset(): void {
		this.state = "between";
		this.length = 0;
		this.passed = 0;
		this.start = 0;
		this.at = 0;
	}

	/** @returns false when more octets are needed */
	private step(): boolean {
		switch (this.state) {
			case "between":
				return this.findStart();
			case "segments":
				return this.nextSegment();
			case "segment":
				return this.passSegment();
			default:
				return this.nextMarker();
		}
	}

	private findStart(): boolean {
		const at = this.findSoi(this.start, this.length);
		this.start = this.at;
		if (at < 0) return false;
		this.at = this.segment = at + 2;
		this.state = "segments";
		this.scanned = this.damaged = false;
		return true;
	}

	private nextSegment(): boolean {
		const { buffer, at } = this;
		if (at + 4 > this.length && !(at + 2 === this.length && buffer[at] === 0xff && buffer[at + 1] === EOI))
			return false;
		const marker = buffer[at + 1];
		if (buffer[at] === 0xff && marker === 0xff) {
			this.at++;
			return true;
		}
		if (buffer[at] === 0xff && marker === EOI) return this.finish(at + 2);
		const length = readU16(buffer, at + 2);
		if (buffer[at] !== 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= SOI) || length < 2) return this.lost();
		this.marker = marker;
		this.segment = this.at = at + 2;
		this.segmentEnd = at + 2 + length;
		this.state = "segment";
		return true;
	}

	/** Passes over a segment, unless a picture starts in it: only what applications put before the scan may hold one. */
	private passSegment(): boolean {
		const { marker, segmentEnd } = this;
		if (this.scanned || !isApplication(marker)) {
			const soi = this.findSoi(this.at, Math.min(segmentEnd, this.length));
			if (soi >= 0) return this.abandon(soi);
			if (this.at < segmentEnd) return false;
		}
		if (segmentEnd > this.length) return false;
		this.at = segmentEnd;
		this.state = "segments";
		if (marker === SOS) {
			this.state = "entropy";
			this.scanned = true;
		}
		return true;
	}

	private nextMarker(): boolean {
		if (this.at >= this.length) return false;
		const at = this.findFf(this.at);
		if (at < 0) {
			this.at = this.length;
			return false;
		}
		this.at = at;
		if (at + 1 >= this.length) return false;
		const marker = this.buffer[at + 1];
		if (marker === EOI) return this.finish(at + 2);
		if (marker === 0xff) this.at = at + 1;
		else if (marker === 0 || (marker >= 0xd0 && marker < SOI)) this.at = at + 2;
		else if (marker === SOI) {
			if (at + 2 >= this.length) return false;
			if (this.buffer[at + 2] === 0xff) return this.unended(at);
			this.damaged = true;
			this.at = at + 2;
		} else if (this.damaged || !mayFollowScan(marker)) {
			this.damaged = true;
			this.at = at + 2;
		} else this.state = "segments";
		return true;
	}

	/** Finds the next octet 0xff from `from` on. @returns -1 when there is none */
	private findFf(from: number): number {
		const found = this.buffer.subarray(from, this.length).indexOf(0xff);
		return found < 0 ? -1 : from + found;
	}

	/**
	 * Finds an SOI that starts a picture in `[from, to)`; `at` is then where the search has come to.
	 * @returns -1 when there is none, or when more octets are needed to tell
	 */
	private findSoi(from: number, to: number): number {
		const { buffer } = this;
		for (let at = this.findFf(from); at >= 0 && at < to; at = this.findFf(at + 1)) {
			this.at = at;
			if (at + 2 >= this.length) return -1;
			if (buffer[at + 1] === SOI && buffer[at + 2] === 0xff) return at;
		}
		this.at = to;
		return -1;
	}

	/** There is no marker where one must be. */
	private lost(): true {
		if (!this.scanned) return this.abandon(this.segment);
		this.damaged = true;
		this.at = this.segment;
		this.state = "entropy";
		return true;
	}

	private finish(end: Octets): true {
		const { start } = this;
		if (this.damaged) return this.abandon(end);
		if (this.held !== undefined) this.dropped++;
		this.held = undefined;
		this.endless = false;
		this.startAt(end);
		this.position = this.passed + start;
		this.sink.jpeg(this.buffer, start, end);
		return true;
	}

	/** The current picture ends without EOI at `end`, where there is room for two octets. */
	private unended(end: Octets): true {
		const { buffer, start, held } = this;
		if (this.damaged) return this.abandon(end);
		this.startAt(end);
		const first = buffer[end];
		const second = buffer[end + 1];
		buffer[end] = 0xff;
		buffer[end + 1] = EOI;
		if (held !== undefined) {
			this.held = undefined;
			this.endless = true;
			this.mended++;
			this.position = this.heldPosition;
			this.sink.jpeg(held, 0, held.length);
		}
		if (this.endless) {
			this.mended++;
			this.position = this.passed + start;
			this.sink.jpeg(buffer, start, end + 2);
		} else {
			this.held = buffer.slice(start, end + 2);
			this.heldPosition = this.passed + start;
		}
		buffer[end] = first;
		buffer[end + 1] = second;
		return true;
	}

	/** Drops the current picture, and searches for the next one at `from`. */
	private abandon(from: Octets): true {
		if (this.state !== "between") this.dropped++;
		this.startAt(from);
		return true;
	}

	private startAt(from: Octets): void {
		this.start = from;
		this.at = from;
		this.state = "between";
	}

	private reserve(more: Octets): void {
		if (this.length + more <= this.buffer.length) return;
		const larger = new Uint8Array(Math.max(this.length + more, this.buffer.length * 2));
		larger.set(this.buffer.subarray(0, this.length));
		this.buffer = larger;
	}
}

/** True for APP0 to APP15 and COM. */
function isApplication(marker: number): boolean {
	return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

/** True for the segments that may follow a scan: DHT, SOS, DQT, DNL, DRI, APPn, COM. */
function mayFollowScan(marker: number): boolean {
	return marker === 0xc4 || (marker >= SOS && marker <= 0xdd) || isApplication(marker);
}
