import type { Octets } from "../../src/core/time";

/** Some octets on their way, or the end of the stream (`fin`, which counts as one octet). */
export interface SendItem {
	readonly seq: number;
	readonly bytes: Uint8Array;
	readonly fin: boolean;
	/** When it was first sent. */
	sentAt: number;
	/** True once it was sent again, so that its answer tells nothing about the round trip. */
	resent: boolean;
}

const NOTHING = new Uint8Array(0);

/** Keeps what one end of a TCP connection has still to send, or to send again. */
export class SendQueue {
	/** The peer's credit: the offset up to which it takes octets. */
	limit = 0;
	/** Octets kept, sent or not. */
	octets: Octets = 0;
	/** True once the end of the stream is queued. */
	ended = false;
	/** True once the peer has acknowledged the end of the stream. */
	finished = false;
	/** Offset after the last item that was sent. */
	sentEnd = 0;
	private readonly items: SendItem[] = [];
	private sent = 0;
	private end = 0;

	/** @param segment octets in one item at most */
	constructor(private readonly segment: Octets) {}

	/** True while something sent is not acknowledged. */
	get outstanding(): boolean {
		return this.sent > 0;
	}

	/** True while something is not sent. */
	get waiting(): boolean {
		return this.sent < this.items.length;
	}

	/** The first item without acknowledgement. */
	get first(): SendItem | undefined {
		return this.sent > 0 ? this.items[0] : undefined;
	}

	/** Copies octets to the end. */
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

	/** Takes the next item that the peer's credit allows; the caller sends it. */
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

	/** Forgets what the peer has. @returns the last item that went, if any did */
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
