import { ByteWriter } from "../../base/byte-writer";
import type { Millis, Octets } from "../../core/time";
import type { AccessUnit } from "../access-unit";
import type { Frame } from "../frame";
import * as E from "./ebml";
import { NAL_GROWTH, writeWithLengths } from "./nal-lengths";

/** The longest time from the first picture of a cluster to its last one: block times have 16 bits. */
const CLUSTER_SPAN_MAX: Millis = 32_000;
/** The most octets of a cluster, and so of a picture. */
export const CLUSTER_MAX: Octets = 64 * 1024 * 1024;

/** Octets of a cluster before its first block: identifier, length, timestamp. */
const CLUSTER_HEAD: Octets = 4 + 4 + 6;
/** Octets of a block before its picture: identifier, length, track, time, flags. */
const BLOCK_HEAD: Octets = 1 + 4 + 1 + 2 + 1;
const ROUND: Octets = 65_536;

/**
 * Collects the pictures of about one second, and is written to the file as one piece.
 *
 * Use: `begin`, then `frame` or `unit` for each picture, then write `bytes[0, length)` at the end of the file. The object is
 * lent to the file until the write has ended, and then used again: two serve a recording. Pictures are copied, so that the
 * camera gets its buffers back at once; memory is allocated only while seconds grow.
 * @see RFC 9559 §5.1.3
 */
export class MatroskaCluster {
	bytes: Uint8Array;
	/** Octets that are ready to be written; 0: no picture. */
	length: Octets = 0;
	pictures = 0;
	/** The times of its first and newest picture. */
	first: Millis = 0;
	last: Millis = 0;
	/** True: decoding can start at its first picture, so it belongs in the cues. */
	isKey = false;

	/** @param octets room that it has from the start; it grows by itself */
	constructor(octets: Octets = 0) {
		this.bytes = new Uint8Array(Math.ceil(octets / ROUND) * ROUND);
	}

	/** Empties the cluster. */
	begin(): this {
		this.length = this.pictures = 0;
		return this;
	}

	/**
	 * Adds a JPEG picture.
	 * @param time whole milliseconds since the start of the recording, below 2^32, not before the newest one
	 * @returns false when it does not fit: the time is too far from the first one, or there are too many octets
	 */
	frame(frame: Frame, time: Millis): boolean {
		if (!this.reserve(frame.length, time)) return false;
		const at = this.next();
		this.bytes.set(frame.bytes.subarray(frame.start, frame.end), at);
		this.add(at, at + frame.length, time, true);
		return true;
	}

	/** Adds an H.264 picture with lengths instead of start codes and without parameter sets. @see frame */
	unit(unit: AccessUnit, time: Millis): boolean {
		if (!this.reserve(unit.length + NAL_GROWTH, time)) return false;
		const at = this.next();
		const end = writeWithLengths(unit.bytes, unit.start, unit.end, this.bytes, at);
		if (end <= at) return false;
		this.add(at, end, time, unit.isKey);
		return true;
	}

	/** Where the next picture goes. */
	private next(): Octets {
		return (this.pictures === 0 ? CLUSTER_HEAD : this.length) + BLOCK_HEAD;
	}

	private reserve(octets: Octets, time: Millis): boolean {
		if (this.pictures > 0 && (time < this.last || time - this.first > CLUSTER_SPAN_MAX)) return false;
		const needed = this.next() + octets;
		if (needed > CLUSTER_MAX) return false;
		if (needed > this.bytes.length) {
			const larger = new Uint8Array(Math.ceil((needed + (needed >> 2)) / ROUND) * ROUND);
			larger.set(this.bytes.subarray(0, this.length));
			this.bytes = larger;
		}
		return true;
	}

	/** The picture is at `[at, end)`: writes what goes before it. */
	private add(at: Octets, end: Octets, time: Millis, isKey: boolean): void {
		const { bytes } = this;
		if (this.pictures++ === 0) {
			this.first = time;
			this.isKey = isKey;
			writeClusterHead(bytes, 0, time);
		}
		this.last = time;
		this.length = end;
		writeBlockHead(bytes, at - BLOCK_HEAD, time - this.first, end - at, isKey);
		E.setLength(bytes, 4, end - 8);
	}
}

/** Octets before a picture that is a cluster of its own. */
export const LONE_HEAD: Octets = CLUSTER_HEAD + BLOCK_HEAD;

/**
 * Writes what goes before a picture that is a cluster of its own, at the beginning of `bytes`: {@link LONE_HEAD} octets.
 * @param time whole milliseconds since the start, below 2^32
 */
export function writeLoneHead(bytes: Uint8Array, time: Millis, octets: Octets, isKey: boolean): void {
	writeClusterHead(bytes, 0, time);
	E.setLength(bytes, 4, LONE_HEAD - 8 + octets);
	writeBlockHead(bytes, CLUSTER_HEAD, 0, octets, isKey);
}

function writeClusterHead(bytes: Uint8Array, at: Octets, time: Millis): void {
	bytes.set(CLUSTER_START, at);
	bytes[at + 10] = time >>> 24;
	bytes[at + 11] = time >>> 16;
	bytes[at + 12] = time >>> 8;
	bytes[at + 13] = time;
}

/** A cluster without its length, and its time without its value. */
const CLUSTER_START = E.writeNumber(E.writeId(new ByteWriter(CLUSTER_HEAD), E.CLUSTER).u32(0), E.TIMESTAMP, 0).bytes;

function writeBlockHead(bytes: Uint8Array, at: Octets, time: Millis, octets: Octets, isKey: boolean): void {
	bytes[at] = E.SIMPLE_BLOCK;
	E.setLength(bytes, at + 1, 4 + octets);
	bytes[at + 5] = 0x81;
	bytes[at + 6] = time >> 8;
	bytes[at + 7] = time;
	bytes[at + 8] = isKey ? 0x80 : 0;
}
