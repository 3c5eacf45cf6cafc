import type { Octets } from "../../core/time";

/** Keeps what a client has sent ahead of its turn, in order and within a limit. */
export class AheadQueue {
	private pieces: Uint8Array[] = [];
	private length: Octets = 0;

	/** @param most the limit */
	constructor(private readonly most: Octets) {}

	get isEmpty(): boolean {
		return this.pieces.length === 0;
	}

	/**
	 * Adds the octets from `start` on.
	 * @param isOwn whether they were taken out of the queue; others are copied
	 * @returns false when that is more than the limit
	 */
	add(bytes: Uint8Array, start: number, isOwn: boolean): boolean {
		if (start >= bytes.length) return true;
		this.length += bytes.length - start;
		if (this.length > this.most) return false;
		this.pieces.push(isOwn ? bytes.subarray(start) : bytes.slice(start));
		return true;
	}

	/** Takes all pieces out. */
	take(): readonly Uint8Array[] {
		const { pieces } = this;
		this.clear();
		return pieces;
	}

	clear(): void {
		this.pieces = [];
		this.length = 0;
	}
}
