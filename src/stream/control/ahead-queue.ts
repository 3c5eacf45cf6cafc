import type { Octets } from "../../core/time";

/** Keeps what a client has sent ahead of its turn, in order and within a limit. */
export class AheadQueue {
	/** What was added, in order. */
	readonly pieces: Uint8Array[] = [];
	private length: Octets = 0;

	/** @param most the limit */
	constructor(private readonly most: Octets) {}

	/**
	 * Adds the octets from `start` on.
	 * @param isOwn whether they were taken out of a queue; others are copied
	 * @returns false when that is more than the limit
	 */
	add(bytes: Uint8Array, start: number, isOwn: boolean): boolean {
		this.length += bytes.length - start;
		if (this.length > this.most) return false;
		this.pieces.push(isOwn ? bytes.subarray(start) : bytes.slice(start));
		return true;
	}
}
