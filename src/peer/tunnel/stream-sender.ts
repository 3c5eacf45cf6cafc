import type { Octets } from "../../core/time";
import { OctetQueue } from "./octet-queue";
import { LAST, type PacketWriter, STREAM, STREAM_HEAD } from "./packet-format";
import { RangeSet } from "./range-set";

/** The sending half of a stream: what waits, what is on the way, and what was lost. */
export class StreamSender {
	readonly queue = new OctetQueue();
	/** Up to which octet the other side takes. */
	limit = 0;
	/** True once no more octets will be queued. */
	isEnding = false;
	/** True once the other side has all octets and knows that they are all. */
	isFinished = false;
	/** The number after the last octet that was sent at least once. */
	sentTo = 0;
	/** What the last {@link write} has written. */
	offset = 0;
	length = 0;
	isLast = false;
	isAgain = false;
	private finSent = false;
	private finArrived = false;
	private readonly lost = new RangeSet();
	private readonly arrivedAhead = new RangeSet();

	/** @param keep how many octets that are not acknowledged are kept */
	constructor(private readonly keep: Octets) {}

	/** Octets that were never sent. */
	get unsent(): Octets {
		return this.queue.end - this.sentTo;
	}

	/** Whether {@link write} would write something. */
	get isReady(): boolean {
		if (this.lost.size > 0) return true;
		if (this.sentTo < this.sendable) return true;
		return this.isEnding && !this.finSent && this.sentTo === this.queue.end;
	}

	/** Writes one frame with as much as fits: what was lost first. @param id the stream @returns false when there was nothing */
	write(into: PacketWriter, id: number): boolean {
		const most = into.room - STREAM_HEAD;
		if (!this.isReady || most <= 0) return false;
		const { lost, queue } = this;
		const isAgain = lost.size > 0;
		this.isAgain = isAgain;
		const from = isAgain ? lost.start : this.sentTo;
		const to = Math.min(from + most, isAgain ? lost.end : this.sendable);
		this.offset = from;
		this.length = to - from;
		this.isLast = this.isEnding && to === queue.end;
		into
			.u8(this.isLast ? LAST : STREAM)
			.u32(id)
			.u48(from)
			.u16(this.length);
		if (this.length > 0) queue.read(from, to, into.bytes, into.at);
		into.at += this.length;
		if (isAgain) lost.remove(from, to);
		if (to > this.sentTo) this.sentTo = to;
		if (this.isLast) this.finSent = true;
		return true;
	}

	/** A frame has arrived. */
	arrived(offset: number, length: Octets, isLast: boolean): void {
		const { queue, arrivedAhead, lost } = this;
		const end = offset + length;
		arrivedAhead.add(offset, end);
		lost.remove(offset, end);
		if (arrivedAhead.start <= queue.start) {
			queue.drop(arrivedAhead.end);
			arrivedAhead.removeBefore(queue.start);
		}
		if (isLast) this.finArrived = true;
		if (this.finArrived && queue.length === 0) this.isFinished = true;
	}

	/** A frame was lost. */
	missed(offset: number, length: Octets, isLast: boolean): void {
		this.lost.add(Math.max(offset, this.queue.start), offset + length);
		if (isLast) this.finSent = false;
	}

	/** Lets everything go. */
	clear(): void {
		this.queue.clear();
		this.lost.clear();
		this.arrivedAhead.clear();
	}

	private get sendable(): number {
		return Math.min(this.queue.end, this.limit, this.queue.start + this.keep);
	}
}
