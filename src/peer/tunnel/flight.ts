import type { Millis, Octets } from "../../core/time";
import type { RateControl } from "./rate-control";

/** A packet is lost when one that left so many later has come. @see RFC 9002 §6.1.1 */
const REORDERING = 3;
/** How many packets an ACK covers. */
const ACKED = 64;

/** What packets carry that may have to be sent again. */
export interface PacketPart {
	/** A packet with this content has arrived. The numbers are those that were given to {@link Flight.add}. */
	arrived(what: number, offset: number, length: Octets): void;
	/** A packet with this content was lost. */
	missed(now: Millis, what: number, offset: number, length: Octets): void;
}

/** Remembers the packets that are not acknowledged yet, and finds those that were lost. @see RFC 9002 §6 */
export class Flight {
	/** When {@link expire} must be called next. */
	deadline: Millis = Infinity;
	private readonly mask: number;
	private readonly numbers: Float64Array;
	private readonly sentAt: Float64Array;
	private readonly octets: Uint16Array;
	private readonly parts: (PacketPart | undefined)[] = [];
	private readonly whats: Uint8Array;
	private readonly offsets: Float64Array;
	private readonly lengths: Uint16Array;
	/** No packet before this one is in flight. */
	private oldest = 0;
	/** The number after the last packet. */
	private next = 0;
	private largest = -1;
	private count = 0;
	private lastAt: Millis = 0;
	/** The number of the first packet on the path that is used now. */
	private restartedAt = 0;

	/** @param size how many packets are remembered; a power of two */
	constructor(
		private readonly size: number,
		private readonly rate: RateControl,
	) {
		this.mask = size - 1;
		this.numbers = new Float64Array(size).fill(-1);
		this.sentAt = new Float64Array(size);
		this.octets = new Uint16Array(size);
		this.whats = new Uint8Array(size);
		this.offsets = new Float64Array(size);
		this.lengths = new Uint16Array(size);
		for (let i = 0; i < size; i++) this.parts.push(undefined);
	}

	/** True while a packet is not acknowledged. */
	get isWaiting(): boolean {
		return this.count > 0;
	}

	/** Whether the packet with this number could be remembered. */
	hasRoom(number: number): boolean {
		return this.count === 0 || number - this.oldest < this.size;
	}

	/** Notes that a packet has left that the other side acknowledges; numbers ascend. */
	add(
		now: Millis,
		number: number,
		octets: Octets,
		part: PacketPart,
		what: number,
		offset: number,
		length: Octets,
	): void {
		if (this.count === 0) this.oldest = number;
		const at = number & this.mask;
		this.numbers[at] = number;
		this.sentAt[at] = now;
		this.octets[at] = octets;
		this.parts[at] = part;
		this.whats[at] = what;
		this.offsets[at] = offset;
		this.lengths[at] = length;
		this.next = number + 1;
		this.count++;
		this.lastAt = now;
		this.rate.sent(octets);
		this.arm(now);
	}

	/**
	 * Takes an acknowledgement.
	 * @param low bits of the 32 packets up to the largest one, which is the lowest bit @param high those of the 32 before these
	 * @param delay how long the other side has waited with it
	 */
	acknowledge(now: Millis, largest: number, low: number, high: number, delay: Millis): void {
		if ((low & 1) === 1 && this.isInFlight(largest)) {
			this.rate.measured(now, Math.max(0, now - this.sentAt[largest & this.mask] - delay));
		}
		for (let back = 0; back < ACKED; back++) {
			const number = largest - back;
			if (number < this.oldest) break;
			const word = back < 32 ? low : high;
			if (((word >>> (back & 31)) & 1) === 1 && this.isInFlight(number)) this.arrive(number);
		}
		if (largest > this.largest) this.largest = largest;
		this.findLost(now);
	}

	/**
	 * Handles what is due: packets that others have overtaken are lost; when nothing comes at all, the oldest one is given back to its
	 * owner, to be sent as a probe.
	 * @returns true when something must be sent now, whatever the rate allows
	 */
	expire(now: Millis): boolean {
		if (now < this.deadline) return false;
		const before = this.count;
		this.findLost(now);
		if (this.count < before || this.count === 0 || now < this.deadline) return false;
		this.rate.probed();
		this.lose(now, this.firstInFlight(), false);
		this.lastAt = now;
		this.arm(now);
		return true;
	}

	/** The path has changed: what was lost before says nothing about the new one. */
	restart(now: Millis): void {
		this.restartedAt = this.next;
		this.lastAt = now;
		this.arm(now);
	}

	private isInFlight(number: number): boolean {
		return this.numbers[number & this.mask] === number;
	}

	private firstInFlight(): number {
		while (!this.isInFlight(this.oldest)) this.oldest++;
		return this.oldest;
	}

	private arrive(number: number): void {
		const at = number & this.mask;
		const part = this.take(at);
		this.rate.acknowledged(this.octets[at]);
		part.arrived(this.whats[at], this.offsets[at], this.lengths[at]);
	}

	private lose(now: Millis, number: number, counts: boolean): void {
		const at = number & this.mask;
		const part = this.take(at);
		this.rate.lost(this.octets[at], counts);
		part.missed(now, this.whats[at], this.offsets[at], this.lengths[at]);
	}

	private take(at: number): PacketPart {
		const part = this.parts[at] as PacketPart;
		this.numbers[at] = -1;
		this.parts[at] = undefined;
		this.count--;
		return part;
	}

	private findLost(now: Millis): void {
		const { lossTime } = this.rate;
		const end = Math.min(this.largest, this.next);
		for (let number = this.oldest; number < end && this.count > 0; number++) {
			if (!this.isInFlight(number)) {
				if (number === this.oldest) this.oldest++;
			} else if (number <= this.largest - REORDERING || this.sentAt[number & this.mask] + lossTime <= now) {
				this.lose(now, number, number >= this.restartedAt);
			}
		}
		this.arm(now);
	}

	private arm(now: Millis): void {
		if (this.count === 0) {
			this.deadline = Infinity;
			return;
		}
		const first = this.firstInFlight();
		const at = this.sentAt[first & this.mask];
		this.deadline = first < this.largest ? at + this.rate.lossTime : this.lastAt + this.rate.probeTime;
		if (this.deadline < now) this.deadline = now;
	}
}
