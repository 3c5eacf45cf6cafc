import type { Octets } from "../core/time";

/** Types of NAL units. @see ITU-T H.264 Table 7-1 */
export const NAL_IDR = 5;
export const NAL_SEI = 6;
export const NAL_SPS = 7;
export const NAL_PPS = 8;
export const NAL_DELIMITER = 9;
export const NAL_FILLER = 12;

/**
 * Walks over the NAL units of a byte stream in memory, without allocating: one object serves all pictures of a stream.
 *
 * The host's own search finds the start codes. Zeros before a start code belong to no NAL unit.
 * @see ITU-T H.264 Annex B
 */
export class NalWalker {
	/** The current NAL unit: `bytes[start, end)`, never empty. */
	start = 0;
	end = 0;
	/** Its type. */
	type = 0;
	private bytes: Uint8Array = EMPTY;
	private limit: Octets = 0;
	/** One past the start code of the next NAL unit; -1: there is none. */
	private following = -1;

	/** Goes to the beginning of `bytes[start, end)`. What comes before the first start code is skipped. */
	open(bytes: Uint8Array, start: Octets, end: Octets): this {
		this.bytes = bytes;
		this.limit = end;
		this.following = afterStartCode(bytes, start, end);
		return this;
	}

	/** Goes to the next NAL unit. @returns false: there are no more */
	next(): boolean {
		const { bytes, limit } = this;
		while (this.following >= 0) {
			const start = this.following;
			this.following = afterStartCode(bytes, start, limit);
			let end = this.following < 0 ? limit : this.following - 3;
			while (end > start && bytes[end - 1] === 0) end--;
			if (end === start) continue;
			this.start = start;
			this.end = end;
			this.type = bytes[start] & 31;
			return true;
		}
		return false;
	}
}

const EMPTY = new Uint8Array(0);

/**
 * Finds the next start code `00 00 01` in `bytes[from, end)`.
 * @returns the offset after it; -1 when there is none
 */
export function afterStartCode(bytes: Uint8Array, from: Octets, end: Octets): number {
	let at = bytes.indexOf(1, from + 2);
	while (at >= 0 && at < end) {
		if (bytes[at - 1] === 0 && bytes[at - 2] === 0) return at + 1;
		at = bytes.indexOf(1, at + 1);
	}
	return -1;
}
