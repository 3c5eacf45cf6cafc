import type { Millis } from "../../core/time";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { RtpNumbers } from "../../ports/net";

/**
 * Gives the packets of an origin the sequence numbers and timestamps that viewers get: those of the origin with an offset, so that
 * losses stay visible; after the origin has begun again, others follow those before.
 */
export class RtpContinuity {
	/** Of the packet that was taken last. */
	sequence = 0;
	timestamp = 0;
	/** How many packets are missing before it, as far as its numbers tell. */
	gap = 0;
	private offset = 0;
	private ticks = 0;
	private at: Millis = 0;
	private hasBegun = false;
	private isRebased = true;

	/**
	 * @param first the sequence number of the first packet
	 * @param start its timestamp
	 */
	constructor(first: Pick<RtpNumbers, "sequence">, start: number) {
		this.sequence = (first.sequence - 1) & 0xffff;
		this.timestamp = start;
	}

	/** The sequence number that follows. */
	get next(): number {
		return (this.sequence + 1) & 0xffff;
	}

	/** The next packet is of another source, or of one that has begun again. */
	rebase(): void {
		this.isRebased = true;
	}

	/** Takes the next packet of the origin, whose numbers are these. */
	take(now: Millis, sequence: number, timestamp: number): void {
		const before = this.sequence;
		if (this.isRebased) {
			this.isRebased = false;
			// Something is missing where a stream was interrupted: a number is left out.
			this.offset = before + (this.hasBegun ? 2 : 1) - sequence;
			const passed = this.hasBegun ? Math.max(1, Math.round((now - this.at) * TICKS_PER_MS)) : 0;
			this.ticks = this.timestamp + passed - timestamp;
			this.hasBegun = true;
		}
		this.sequence = (sequence + this.offset) & 0xffff;
		this.gap = (this.sequence - before - 1) & 0xffff;
		this.timestamp = (timestamp + this.ticks) >>> 0;
		this.at = now;
	}

	/** Puts packets of our own before the packet that was taken last. */
	insert(count: number): void {
		this.offset += count;
		this.gap = 0;
		this.sequence = (this.sequence + count) & 0xffff;
	}
}
