import type { Octets } from "../../core/time";
import { RangeSet } from "./range-set";

/** The initial size of the ring. */
const RING_MIN = 4096;
/** How many separate pieces are kept ahead of a gap; more are refused, as each costs more than its octets. */
const PIECES_MAX = 256;
const NOTHING = new Uint8Array(0);

/** Memory that several buffers share. */
export class SharedRoom {
	/** Octets that are left. */
	left: Octets;

	constructor(octets: Octets) {
		this.left = octets;
	}

	/** Takes some. @returns false when there are not so many left */
	take(octets: Octets): boolean {
		if (octets > this.left) return false;
		this.left -= octets;
		return true;
	}
}

/**
 * Puts the octets of a stream in order. What can be passed on at once is not copied; the rest waits in a ring that grows to the
 * window at most, and goes when it is empty.
 */
export class ReceiveBuffer {
	/** The number of the next octet to pass on. */
	next = 0;
	/** The number of the octet after the last one; `Infinity` while it is not known. */
	fin = Infinity;
	private readonly ranges = new RangeSet();
	private ring: Uint8Array = NOTHING;

	/**
	 * @param window how far ahead of {@link next} octets may be; a power of two
	 * @param shared from where the memory comes
	 */
	constructor(
		private readonly window: Octets,
		private readonly shared: SharedRoom,
	) {}

	/** True when octets can be passed on that wait in the ring. */
	get isReadable(): boolean {
		return this.ranges.start === this.next;
	}

	/** True when everything was passed on. */
	get isEnded(): boolean {
		return this.next === this.fin;
	}

	/**
	 * Notes where the stream ends.
	 * @returns false when that contradicts what has come
	 */
	finish(offset: number): boolean {
		if (this.fin !== Infinity) return this.fin === offset;
		if (offset < this.next) return false;
		this.fin = offset;
		return true;
	}

	/** Takes note that octets up to `offset` were passed on without {@link put}. */
	pass(offset: number): void {
		this.next = offset;
		this.ranges.removeBefore(offset);
	}

	/**
	 * Keeps `bytes[start, end)` at `offset`; what has come before is ignored.
	 * @returns false when it can't be kept: it is beyond the window, in too many pieces, or there is no memory left for it
	 */
	put(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
		const first = Math.max(offset, this.next);
		const last = offset + end - start;
		if (last <= first) return true;
		if (last > this.next + this.window || this.ranges.size >= PIECES_MAX) return false;
		if (!this.grow(last - this.next)) return false;
		const { ring } = this;
		const from = start + first - offset;
		const at = first & (ring.length - 1);
		const count = Math.min(last - first, ring.length - at);
		ring.set(bytes.subarray(from, from + count), at);
		if (count < last - first) ring.set(bytes.subarray(from + count, end), 0);
		this.ranges.add(first, last);
		return true;
	}

	/** Takes the next octets out; they are valid until the next call. There must be some: {@link isReadable}. */
	take(): Uint8Array {
		const { ring } = this;
		const at = this.next & (ring.length - 1);
		const bytes = ring.subarray(at, at + Math.min(this.ranges.end - this.next, ring.length - at));
		this.pass(this.next + bytes.length);
		if (this.ranges.size === 0) this.release();
		return bytes;
	}

	/** Lets everything go. */
	clear(): void {
		this.ranges.clear();
		this.release();
	}

	private release(): void {
		this.shared.left += this.ring.length;
		this.ring = NOTHING;
	}

	private grow(octets: Octets): boolean {
		let size = Math.max(RING_MIN, this.ring.length);
		while (size < octets) size *= 2;
		if (size === this.ring.length) return true;
		if (!this.shared.take(size - this.ring.length)) return false;
		const old = this.ring;
		const ring = new Uint8Array(size);
		// Every octet moves to its place in the larger ring; places without a meaning are copied along.
		for (let i = 0; i < old.length; i++) ring[(this.next + i) & (size - 1)] = old[(this.next + i) & (old.length - 1)];
		this.ring = ring;
		return true;
	}
}
