import type { Millis, Octets } from "../../core/time";
import { MEDIA_LIFE } from "./media-repairs";
import { NO_START } from "./packet-format";

/** `$` begins a frame. @see RFC 2326 §10.12 */
const DOLLAR = 36;
/** `$`, the channel, the length. */
const FRAME_HEAD = 4;
const NOTHING = new Uint8Array(0);

/** A packet that waits. */
interface Waiting {
	readonly bytes: Uint8Array;
	readonly first: number;
	readonly position: number;
	readonly since: Millis;
}

/** Where the media of an RTSP stream go. */
export interface MediaTaker {
	/** How many octets of messages were passed on. */
	readonly position: number;
	/** True when frames may be passed on now: between two messages, to a reader that reads. */
	readonly isBetween: boolean;
	/** True while the reader has paused; nothing is given up then. */
	readonly isPaused: boolean;
	/** Takes whole frames, valid during the call. */
	takeFrames(bytes: Uint8Array): void;
}

/**
 * Puts the media packets of an RTSP stream in order and makes whole frames of them. A packet that is missing for 250 ms is given up, and
 * so is one whose place among the messages has not come until then.
 */
export class MediaReceiver {
	/** Packets that were given up. */
	lost = 0;
	/** When {@link expire} must be called next. */
	deadline: Millis = Infinity;
	private readonly waiting = new Map<number, Waiting>();
	private next = 0;
	/** A frame that has begun. */
	private partial: Uint8Array = NOTHING;
	private taken = 0;
	/** True after a loss, until the beginning of a frame. */
	private isCut = false;

	/** @param most how many packets may wait @param longest the longest frame with its head */
	constructor(
		private readonly taker: MediaTaker,
		private readonly most: number,
		private readonly longest: Octets,
	) {}

	/** A packet has come: `bytes[start, end)`, valid during the call. */
	put(
		now: Millis,
		sequence: number,
		first: number,
		position: number,
		bytes: Uint8Array,
		start: number,
		end: number,
	): void {
		const ahead = (sequence - this.next) | 0;
		if (ahead < 0 || this.waiting.has(sequence)) return;
		if (ahead === 0 && this.mayPass(position)) {
			this.advance();
			this.pass(bytes.subarray(start, end), first);
		} else {
			if (ahead >= this.most) this.skipTo((sequence - this.most + 1) >>> 0);
			this.waiting.set(sequence, { bytes: bytes.slice(start, end), first, position, since: now });
		}
		this.drain();
	}

	/** Passes on what can be passed on: the messages have come further, or the reader reads again. */
	drain(): void {
		for (let unit = this.waiting.get(this.next); unit !== undefined; unit = this.waiting.get(this.next)) {
			if (!this.mayPass(unit.position)) break;
			this.waiting.delete(this.next);
			this.advance();
			this.pass(unit.bytes, unit.first);
		}
		this.arm();
	}

	/** Gives up what has been waited for too long. */
	expire(now: Millis): void {
		while (this.deadline <= now) {
			const unit = this.waiting.get(this.next);
			if (unit === undefined) this.skipTo(this.nearest());
			else this.giveUp();
			this.drain();
		}
	}

	/** Lets everything go. */
	clear(): void {
		this.waiting.clear();
		this.partial = NOTHING;
		this.taken = 0;
		this.deadline = Infinity;
	}

	private mayPass(position: number): boolean {
		return this.taker.isBetween && position <= this.taker.position;
	}

	private advance(): void {
		this.next = (this.next + 1) >>> 0;
	}

	/** Gives up the next packet, whether it has come or not. */
	private giveUp(): void {
		this.waiting.delete(this.next);
		this.advance();
		this.lost++;
		this.isCut = true;
		this.taken = 0;
	}

	private skipTo(sequence: number): void {
		const count = (sequence - this.next) | 0;
		if (count > this.most) {
			// Far ahead of everything that has come: nothing of it is of use.
			this.waiting.clear();
			this.lost += count - 1;
			this.next = (sequence - 1) >>> 0;
		}
		while (this.next !== sequence) this.giveUp();
	}

	private nearest(): number {
		let nearest = this.next;
		let least = Infinity;
		for (const sequence of this.waiting.keys()) {
			const ahead = (sequence - this.next) | 0;
			if (ahead < least) {
				least = ahead;
				nearest = sequence;
			}
		}
		return nearest;
	}

	/** The deadline follows from the packet that has waited longest. */
	private arm(): void {
		this.deadline = Infinity;
		// Iterators take memory on XS.
		if (this.waiting.size === 0 || this.taker.isPaused) return;
		let since = Infinity;
		for (const unit of this.waiting.values()) since = Math.min(since, unit.since);
		this.deadline = since + MEDIA_LIFE;
	}

	private pass(bytes: Uint8Array, first: number): void {
		let at = 0;
		if (this.isCut) {
			if (first === NO_START) return;
			at = first;
			this.isCut = false;
		}
		while (at < bytes.length) {
			if (!this.taker.isBetween) {
				this.hold(bytes.slice(at));
				return;
			}
			const end = this.taken > 0 ? at : wholeFrames(bytes, at);
			if (end > at) {
				this.taker.takeFrames(bytes.subarray(at, end));
				at = end;
			} else {
				at = this.collect(bytes, at);
				if (at < 0) {
					this.isCut = true;
					this.taken = 0;
					this.lost++;
					return;
				}
			}
		}
	}

	/** The reader has paused within a packet: the rest waits like a packet. */
	private hold(bytes: Uint8Array): void {
		this.next = (this.next - 1) >>> 0;
		this.waiting.set(this.next, { bytes, first: 0, position: 0, since: Infinity });
	}

	/** Adds to a frame that is not whole. @returns where the next one begins; -1 when this is no frame, or one that is too long */
	private collect(bytes: Uint8Array, start: number): number {
		let at = start;
		if (this.partial.length < FRAME_HEAD) this.partial = new Uint8Array(Math.min(this.longest, 2048));
		while (this.taken < FRAME_HEAD && at < bytes.length) this.partial[this.taken++] = bytes[at++];
		if (this.partial[0] !== DOLLAR) return -1;
		if (this.taken < FRAME_HEAD) return at;
		const length = FRAME_HEAD + ((this.partial[2] << 8) | this.partial[3]);
		if (length > this.longest) return -1;
		if (length > this.partial.length) {
			const longer = new Uint8Array(length);
			longer.set(this.partial.subarray(0, this.taken));
			this.partial = longer;
		}
		const count = Math.min(length - this.taken, bytes.length - at);
		this.partial.set(bytes.subarray(at, at + count), this.taken);
		this.taken += count;
		if (this.taken === length) {
			this.taken = 0;
			this.taker.takeFrames(this.partial.subarray(0, length));
		}
		return at + count;
	}
}

/** Returns the end of the whole frames that begin at `start`. */
function wholeFrames(bytes: Uint8Array, start: number): number {
	let at = start;
	while (at + FRAME_HEAD <= bytes.length && bytes[at] === DOLLAR) {
		const end = at + FRAME_HEAD + ((bytes[at + 2] << 8) | bytes[at + 3]);
		if (end > bytes.length) break;
		at = end;
	}
	return at;
}
