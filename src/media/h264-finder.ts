import type { Octets } from "../core/time";
import { afterStartCode, NAL_DELIMITER, NAL_IDR, NAL_SEI } from "./h264";

/** Learns where the pictures of a byte stream are. */
export interface UnitPlaceSink {
	/** An access unit is at `[start, end)` of the stream. */
	unit(start: Octets, end: Octets, isKey: boolean): void;
}

/** What must be there to look at a NAL unit: a start code with a zero before it, its type, and the first octet after it. */
const LOOK: Octets = 6;

/**
 * Finds the access units of an H.264 byte stream that comes in pieces, such as a file that is read, without keeping them.
 *
 * An access unit begins with the first delimiter, parameter set or supplemental information after the slices before it, or with a
 * slice of the first macroblock. Two fields count as two access units.
 * @see ITU-T H.264 §7.4.1.2.3, Annex B
 */
export class H264Finder {
	/** The last octets of the piece before and the current piece. */
	private buffer = new Uint8Array(0);
	private length: Octets = 0;
	/** Where in the stream the buffer starts. */
	private passed: Octets = 0;
	/** Where the current access unit starts; -1: none has begun. */
	private start = -1;
	private hasSlice = false;
	private isKey = false;

	constructor(private readonly sink: UnitPlaceSink) {}

	/** Takes the next octets of the stream. */
	push(piece: Uint8Array, start = 0, end = piece.length): void {
		const needed = this.length + end - start;
		if (needed > this.buffer.length) {
			const larger = new Uint8Array(needed);
			larger.set(this.buffer.subarray(0, this.length));
			this.buffer = larger;
		}
		const { buffer } = this;
		buffer.set(start === 0 && end === piece.length ? piece : piece.subarray(start, end), this.length);
		this.length = needed;
		let from = 0;
		for (let at = afterStartCode(buffer, 0, needed); at >= 0; at = afterStartCode(buffer, at, needed)) {
			if (at + 2 > needed) break;
			this.look(buffer, at);
			from = at;
		}
		// A start code, or what follows it, may be cut in two.
		const rest = Math.max(from, needed - LOOK);
		buffer.copyWithin(0, rest, needed);
		this.passed += rest;
		this.length = needed - rest;
	}

	/** The stream has ended: its last access unit ends here. */
	end(): void {
		if (this.hasSlice) this.sink.unit(this.start, this.passed + this.length, this.isKey);
		this.start = -1;
		this.hasSlice = this.isKey = false;
		this.passed = this.length = 0;
	}

	/** Looks at the NAL unit whose type is at `at`. */
	private look(buffer: Uint8Array, at: Octets): void {
		const type = buffer[at] & 31;
		const isSlice = type >= 1 && type <= NAL_IDR;
		const isFirst = isSlice
			? (type === 1 || type === 2 || type === NAL_IDR) && buffer[at + 1] >= 0x80
			: beginsUnit(type);
		if (this.start < 0 || (this.hasSlice && isFirst)) {
			const code = at - (at >= 4 && buffer[at - 4] === 0 ? 4 : 3);
			if (this.hasSlice) this.sink.unit(this.start, this.passed + code, this.isKey);
			this.start = this.passed + code;
			this.hasSlice = this.isKey = false;
		}
		if (isSlice) this.hasSlice = true;
		if (type === NAL_IDR) this.isKey = true;
	}
}

function beginsUnit(type: number): boolean {
	return (type >= NAL_SEI && type <= NAL_DELIMITER) || (type >= 14 && type <= 18);
}
