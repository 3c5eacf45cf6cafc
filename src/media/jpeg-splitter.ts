import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";

/** The largest picture; a larger one is dropped. */
export const JPEG_MAX: Octets = 16 * 1024 * 1024;

/** Takes pictures that a {@link JpegSplitter} has found. */
export interface JpegSink {
	/** One picture, from SOI to EOI; `bytes` is valid during the call only. */
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
 * entropy-coded data for the next marker with the host's own search. A picture that it can't follow is dropped and
 * counted, and it continues at the next SOI. Octets between pictures are skipped.
 * @see ITU-T T.81 Annex B
 */
export class JpegSplitter {
	/** Pictures that could not be followed to their end. */
	broken = 0;
	private buffer = new Uint8Array(FIRST_BUFFER);
	private length = 0;
	/** Where the current picture, or the search for one, starts. */
	private start = 0;
	private at = 0;
	private state: "between" | "segments" | "entropy" = "between";

	constructor(private readonly sink: JpegSink) {}

	/** Takes the next octets of the stream. */
	push(chunk: Uint8Array): void {
		this.reserve(chunk.length);
		this.buffer.set(chunk, this.length);
		this.length += chunk.length;
		while (this.step()) {}
		if (this.length - this.start > JPEG_MAX) this.abandon(this.length);
		this.buffer.copyWithin(0, this.start, this.length);
		this.length -= this.start;
		this.at -= this.start;
		this.start = 0;
	}

	/** Ends the stream; a truncated picture counts as broken. The next push starts a new stream. */
	end(): void {
		if (this.state !== "between") this.broken++;
		this.reset();
	}

	/** Drops the current picture; the next push starts a new stream. */
	reset(): void {
		this.state = "between";
		this.length = 0;
		this.start = 0;
		this.at = 0;
	}

	/** @returns false when more octets are needed */
	private step(): boolean {
		if (this.state === "between") return this.findStart();
		if (this.state === "segments") return this.nextSegment();
		return this.nextMarker();
	}

	private findStart(): boolean {
		const { buffer, length } = this;
		for (let at = this.start; at < length; at++) {
			at = this.findFf(at);
			if (at < 0) break;
			if (at + 2 >= length) {
				this.start = at;
				return false;
			}
			if (buffer[at + 1] === SOI && buffer[at + 2] === 0xff) {
				this.start = at;
				this.at = at + 2;
				this.state = "segments";
				return true;
			}
		}
		this.start = length;
		return false;
	}

	private nextSegment(): boolean {
		const { buffer, at } = this;
		if (at + 4 > this.length && !(at + 2 === this.length && buffer[at] === 0xff && buffer[at + 1] === EOI))
			return false;
		const marker = buffer[at + 1];
		if (buffer[at] !== 0xff || marker === SOI) return this.abandon(at);
		if (marker === 0xff) {
			this.at++;
			return true;
		}
		if (marker === EOI) return this.finish(at + 2);
		const length = readU16(buffer, at + 2);
		if (marker < 0xc0 || length < 2) return this.abandon(at);
		this.at = at + 2 + length;
		if (marker === SOS) this.state = "entropy";
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
		if (marker === SOI) return this.abandon(at);
		if (marker === 0xff) this.at = at + 1;
		else if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) this.at = at + 2;
		else this.state = "segments";
		return true;
	}

	/** Finds the next octet 0xff from `from` on. @returns -1 when there is none */
	private findFf(from: number): number {
		const found = this.buffer.subarray(from, this.length).indexOf(0xff);
		return found < 0 ? -1 : from + found;
	}

	private finish(end: Octets): true {
		const { start } = this;
		this.start = end;
		this.at = end;
		this.state = "between";
		this.sink.jpeg(this.buffer, start, end);
		return true;
	}

	/** Drops the current picture, and searches for the next one at `from`. */
	private abandon(from: Octets): true {
		if (this.state !== "between") this.broken++;
		this.start = from;
		this.at = from;
		this.state = "between";
		return true;
	}

	private reserve(more: Octets): void {
		if (this.length + more <= this.buffer.length) return;
		const larger = new Uint8Array(Math.max(this.length + more, this.buffer.length * 2));
		larger.set(this.buffer.subarray(0, this.length));
		this.buffer = larger;
	}
}
