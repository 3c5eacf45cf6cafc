import type { Octets } from "../../core/time";

/** Keeps what a client has sent ahead of its turn, in order and within a limit. */
export class AheadQueue {
	/** What was added, in order. */
	readonly pieces: Uint8Array[] = [];
	private length: Octets = 0;

	/** @param most the limit */
	constructor(private readonly most: Octets) {}

	/** Adds a copy of the octets from `start` on. @returns false when that is more than the limit */
	add(bytes: Uint8Array, start: number): boolean {
		this.length += bytes.length - start;
		if (this.length > this.most) return false;
		this.pieces.push(bytes.slice(start));
		return true;
	}
}
