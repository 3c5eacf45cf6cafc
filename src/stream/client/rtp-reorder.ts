import type { Millis, Octets } from "../../core/time";
import { sequenceDistance } from "../../wire/rtp";

/** How many packets a packet may be ahead of a missing one. A power of two. */
const WINDOW = 64;
/** How long packets wait for a missing one. */
const PATIENCE: Millis = 80;
/** When more octets than this would be kept, the wait ends. */
const KEPT_MAX: Octets = 262_144;
/** A packet that is so far behind is late, or the source has begun again. */
const BEHIND_MAX = 1000;

/** Receives packets in order. */
export interface OrderedSink {
	/** A packet that had been kept; valid during the call. */
	kept(now: Millis, bytes: Uint8Array, start: number, end: number): void;
	/** Packets are missing before the next one. @param count 0: not known how many */
	missing(now: Millis, count: number): void;
}

/**
 * Puts packets into the order of their sequence numbers: keeps those that are ahead for a short time, and drops those that come
 * twice or too late.
 *
 * For each packet the owner calls {@link isNext}; if that is true it handles the packet itself, without a copy, and then calls
 * {@link advance}. Memory is bounded by the window.
 */
export class RtpReorder {
	/** When {@link expire} must be called. */
	deadline: Millis = Infinity;
	/** Packets that came too late or twice. */
	late = 0;
	private next = -1;
	private waiting = 0;
	private kept: Octets = 0;
	/** The sequence number that would confirm a new beginning; -1: none. */
	private restart = -1;
	private readonly slots: (Uint8Array | undefined)[] = [];
	/** Octets in each slot; 0: free. */
	private readonly lengths: Octets[] = [];

	/** @param waits false on a connection that never changes the order: a gap is a loss at once */
	constructor(
		private readonly sink: OrderedSink,
		private readonly waits: boolean,
	) {
		for (let i = 0; i < WINDOW; i++) this.lengths.push(0);
	}

	/** Forgets everything: the next packet is the first. */
	reset(): void {
		this.next = -1;
		this.restart = -1;
		this.clear();
	}

	/** Tells whether a packet is the next in order; otherwise it is kept or dropped. */
	isNext(now: Millis, sequence: number, bytes: Uint8Array, start: number, end: number): boolean {
		if (this.next < 0) this.next = sequence;
		const ahead = sequenceDistance(this.next, sequence);
		if (ahead === 0) return true;
		if (ahead < 0) return this.isBehind(now, sequence, ahead);
		this.restart = -1;
		const length = end - start;
		if (!this.waits || ahead >= WINDOW || this.kept + length > KEPT_MAX || length === 0) {
			this.release(now, sequence);
			return true;
		}
		const slot = sequence & (WINDOW - 1);
		if (this.lengths[slot] > 0) {
			this.late++;
			return false;
		}
		let room = this.slots[slot];
		if (room === undefined || room.length < length) {
			room = new Uint8Array(Math.max(length, 1536));
			this.slots[slot] = room;
		}
		room.set(bytes.subarray(start, end));
		this.lengths[slot] = length;
		this.kept += length;
		if (this.waiting++ === 0) this.deadline = now + PATIENCE;
		return false;
	}

	/** The packet that was next has been handled: hands on those that follow it. */
	advance(now: Millis): void {
		this.next = (this.next + 1) & 0xffff;
		this.restart = -1;
		if (this.waiting > 0) this.handOn(now);
	}

	/** Waits no longer for what is missing. */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.skip(now, this.gap());
		this.handOn(now);
	}

	/** Returns how many packets are missing before the first that is kept; there must be one. */
	private gap(): number {
		let gap = 1;
		while (this.lengths[(this.next + gap) & (WINDOW - 1)] === 0) gap++;
		return gap;
	}

	private skip(now: Millis, count: number): void {
		this.sink.missing(now, count);
		this.next = (this.next + count) & 0xffff;
	}

	private handOn(now: Millis): void {
		let slot = this.next & (WINDOW - 1);
		while (this.lengths[slot] > 0) {
			const length = this.lengths[slot];
			this.lengths[slot] = 0;
			this.waiting--;
			this.kept -= length;
			this.next = (this.next + 1) & 0xffff;
			this.sink.kept(now, this.slots[slot] as Uint8Array, 0, length);
			slot = this.next & (WINDOW - 1);
		}
		this.deadline = this.waiting === 0 ? Infinity : now + PATIENCE;
	}

	/** Hands on everything that is kept before `sequence`, which becomes the next. */
	private release(now: Millis, sequence: number): void {
		while (this.waiting > 0) {
			const gap = this.gap();
			if (gap >= sequenceDistance(this.next, sequence)) break;
			this.skip(now, gap);
			this.handOn(now);
		}
		const rest = sequenceDistance(this.next, sequence);
		if (rest > 0) this.skip(now, rest);
	}

	private isBehind(now: Millis, sequence: number, ahead: number): boolean {
		if (ahead < -BEHIND_MAX && sequence === this.restart) {
			this.clear();
			this.sink.missing(now, 0);
			this.next = sequence;
			return true;
		}
		this.restart = ahead < -BEHIND_MAX ? (sequence + 1) & 0xffff : -1;
		this.late++;
		return false;
	}

	private clear(): void {
		for (let i = 0; i < WINDOW; i++) this.lengths[i] = 0;
		this.waiting = 0;
		this.kept = 0;
		this.deadline = Infinity;
	}
}
