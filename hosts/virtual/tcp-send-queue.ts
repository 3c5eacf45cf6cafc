import type { Octets } from "../../src/core/time";

/** Some octets to send, or the end of the stream (`fin`, which counts as one octet). */
export interface SendItem {
	readonly seq: number;
	readonly bytes: Uint8Array;
	readonly fin: boolean;
	/** When it was first sent. */
	sentAt: number;
	/** True once it was sent again, so that its acknowledgement does not tell the round trip time. */
	resent: boolean;
}

const NOTHING = new Uint8Array(0);

/** Keeps what one end of a TCP connection has to send, or may have to send again. */
export class SendQueue {
	/** The credit from the peer: the offset up to which it accepts octets. */
	limit = 0;
	/** Octets in the queue, sent or not. */
	octets: Octets = 0;
	/** True once the end of the stream is queued. */
	ended = false;
	/** True once the peer has acknowledged the end of the stream. */
	finished = false;
	/** The offset after the last item that was sent. */
	sentEnd = 0;
	private readonly items: SendItem[] = [];
	private sent = 0;
	private end = 0;

	/** @param segment the maximum number of octets in an item */
	constructor(private readonly segment: Octets) {}

	/** True while a sent item is not acknowledged. */
	get outstanding(): boolean {
		return this.sent > 0;
	}

	/** True while an item is not sent. */
	get waiting(): boolean {
		return this.sent < this.items.length;
	}

	/** The first item that was sent and not acknowledged. */
	get first(): SendItem | undefined {
		return this.sent > 0 ? this.items[0] : undefined;
	}

	/** Appends a copy of octets. */
	push(bytes: Uint8Array, start: number, end: number): void {
		for (let at = start; at < end; at += this.segment) {
			this.append(bytes.slice(at, Math.min(end, at + this.segment)), false);
		}
	}

	/** Queues the end of the stream. */
	pushEnd(): void {
		this.ended = true;
		this.append(NOTHING, true);
	}

	/** Returns the next item within the peer's credit, which the caller sends. */
	next(now: number): SendItem | undefined {
		if (!this.waiting) return undefined;
		let item = this.items[this.sent];
		const credit = this.limit - item.seq;
		if (!item.fin && item.bytes.length > credit) {
			if (credit <= 0) return undefined;
			const rest = { ...item, seq: item.seq + credit, bytes: item.bytes.subarray(credit) };
			item = { ...item, bytes: item.bytes.subarray(0, credit) };
			this.items.splice(this.sent, 1, item, rest);
		}
		this.sent++;
		item.sentAt = now;
		this.sentEnd = item.seq + (item.fin ? 1 : item.bytes.length);
		return item;
	}

	/** Removes what the peer has received. @returns the last item that was removed, if any */
	acknowledge(ack: number): SendItem | undefined {
		let last: SendItem | undefined;
		while (this.sent > 0) {
			const item = this.items[0];
			if (item.seq + (item.fin ? 1 : item.bytes.length) > ack) break;
			last = item;
			this.items.shift();
			this.sent--;
			this.octets -= item.bytes.length;
			if (item.fin) this.finished = true;
		}
		return last;
	}

	private append(bytes: Uint8Array, fin: boolean): void {
		this.items.push({ seq: this.end, bytes, fin, sentAt: 0, resent: false });
		this.end += fin ? 1 : bytes.length;
		this.octets += bytes.length;
	}
}
