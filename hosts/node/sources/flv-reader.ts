import type { Millis, Octets } from "../../../src/core/time";
import { NAL_IDR, NAL_PPS, NAL_SPS } from "../../../src/media/h264";

/** Takes what a {@link FlvReader} finds. */
export interface FlvSink {
	/** The newest parameter sets, without start codes. */
	parameters(sets: readonly Uint8Array[]): void;
	/**
	 * One H.264 picture in the byte-stream format, in a buffer of its own; key pictures begin with their parameter sets.
	 * @param at the time at which it is shown, in whole milliseconds
	 */
	picture(bytes: Uint8Array, isKey: boolean, at: Millis): void;
}

/** The longest tag: the format itself has three octets for the length. */
const TAG_MAX: Octets = 8 * 1024 * 1024;
const FILE_HEAD: Octets = 13;
const TAG_HEAD: Octets = 11;
const VIDEO = 9;
const AVC = 7;

/**
 * Reads the H.264 pictures that ffmpeg writes as FLV: with the length of each, so that none has to wait for the next, and its time.
 *
 * Four octets of length before each NAL unit are replaced by a start code of four. Anything malformed is counted and skipped.
 * @see Adobe Flash Video File Format 10.1, Annex E; ISO/IEC 14496-15 §5.2.4.1
 */
export class FlvReader {
	/** Tags that could not be read. */
	broken = 0;
	private waiting: Buffer = Buffer.alloc(0);
	private head = FILE_HEAD;
	private sets: readonly Uint8Array[] = [];

	constructor(private readonly sink: FlvSink) {}

	/** Takes the next octets. */
	push(chunk: Buffer): void {
		this.waiting = this.waiting.length === 0 ? chunk : Buffer.concat([this.waiting, chunk]);
		while (this.step()) {}
	}

	/** Starts over: what comes next is the beginning of a stream. */
	reset(): void {
		this.waiting = Buffer.alloc(0);
		this.head = FILE_HEAD;
		this.sets = [];
	}

	private step(): boolean {
		const { waiting, head } = this;
		if (waiting.length < head + TAG_HEAD) return false;
		const length = waiting.readUIntBE(head + 1, 3);
		const end = head + TAG_HEAD + length;
		if (length > TAG_MAX) {
			// The rest can't be understood; the source is given up when it delivers nothing.
			this.broken++;
			this.waiting = Buffer.alloc(0);
			return false;
		}
		if (waiting.length < end + 4) return false;
		if ((waiting[head] & 31) === VIDEO) this.video(waiting.subarray(head + TAG_HEAD, end), timeOf(waiting, head));
		this.waiting = waiting.subarray(end + 4);
		this.head = 0;
		return true;
	}

	/** @param at the time at which it is decoded */
	private video(data: Buffer, at: Millis): void {
		if (data.length < 5 || (data[0] & 15) !== AVC) this.broken++;
		else if (data[1] === 0) this.configuration(data.subarray(5));
		else if (data[1] === 1) this.units(data.subarray(5), at + data.readIntBE(2, 3));
	}

	private configuration(data: Buffer): void {
		const sets: Uint8Array[] = [];
		let at = 5;
		// How many sequence parameter sets there are, and these; then the same of picture parameter sets.
		for (const mask of [31, 255]) {
			let left = (data[at++] ?? 0) & mask;
			for (; left > 0 && at + 2 <= data.length; left--) {
				const end = at + 2 + data.readUInt16BE(at);
				if (end > at + 2 && end <= data.length) sets.push(new Uint8Array(data.subarray(at + 2, end)));
				at = end;
			}
		}
		// Only lengths of four octets can be replaced in place; ffmpeg writes no others.
		if (sets.length === 0 || at > data.length || (data[4] & 3) !== 3) {
			this.broken++;
			return;
		}
		this.sets = sets;
		this.sink.parameters(sets);
	}

	private units(data: Buffer, at: Millis): void {
		let isKey = false;
		let hasSets = false;
		let next = 0;
		while (next + 5 <= data.length) {
			const type = data[next + 4] & 31;
			isKey ||= type === NAL_IDR;
			hasSets ||= type === NAL_SPS;
			next += 4 + data.readUInt32BE(next);
		}
		if (next === 0 || next !== data.length) {
			this.broken++;
			return;
		}
		const sets = isKey && !hasSets ? this.sets : [];
		let start = 0;
		for (const set of sets) start += 4 + set.length;
		const bytes = new Uint8Array(start + data.length);
		let to = 0;
		for (const set of sets) {
			bytes[to + 3] = 1;
			bytes.set(set, to + 4);
			to += 4 + set.length;
		}
		bytes.set(data, start);
		for (let from = 0; from < data.length; from += 4 + data.readUInt32BE(from)) {
			bytes.fill(0, start + from, start + from + 3);
			bytes[start + from + 3] = 1;
		}
		if (hasSets) this.inBand(data);
		this.sink.picture(bytes, isKey, at);
	}

	/** A stream may change its parameter sets in its pictures. */
	private inBand(data: Buffer): void {
		const sets: Uint8Array[] = [];
		for (let at = 0; at < data.length; at += 4 + data.readUInt32BE(at)) {
			const type = data[at + 4] & 31;
			if (type !== NAL_SPS && type !== NAL_PPS) continue;
			sets.push(new Uint8Array(data.subarray(at + 4, at + 4 + data.readUInt32BE(at))));
		}
		this.sets = sets;
		this.sink.parameters(sets);
	}
}

/** The time of a tag in milliseconds: 24 bits, then the upper 8. */
function timeOf(bytes: Buffer, head: Octets): Millis {
	return bytes[head + 7] * 0x1000000 + bytes.readUIntBE(head + 4, 3);
}
