import type { Lease } from "../../../src/core/stream";
import type { Octets } from "../../../src/core/time";
import { pin, unpin } from "./pinned-buffers";

/** Sends what it can of `bytes[start, end)`. @returns how much was taken */
export interface Sender {
	sendNow(bytes: Uint8Array, start: number, end: number): Octets;
}

/** Octets that the network stack has not taken yet: ranges of buffers, first in, first out. Empty, it allocates nothing. */
export class SendQueue {
	/** Octets in the queue. */
	length: Octets = 0;
	private readonly buffers: Uint8Array[] = [];
	private readonly leases: (Lease | undefined)[] = [];
	/** Start and end of each buffer's range, one after the other. */
	private readonly ranges: number[] = [];
	private head = 0;

	/** Appends `bytes[start, end)`, which must not change while it is here. */
	push(bytes: Uint8Array, start: number, end: number, lease?: Lease): void {
		pin(bytes);
		lease?.retain();
		this.leases.push(lease);
		this.buffers.push(bytes);
		this.ranges.push(start, end);
		this.length += end - start;
	}

	/** Sends as much as the network stack takes. @returns true when the queue is empty */
	flush(to: Sender): boolean {
		while (this.head < this.buffers.length) {
			const bytes = this.buffers[this.head];
			const start = this.ranges[2 * this.head];
			const end = this.ranges[2 * this.head + 1];
			const sent = to.sendNow(bytes, start, end);
			this.length -= sent;
			this.ranges[2 * this.head] = start + sent;
			if (start + sent < end) return false;
			unpin(bytes);
			this.leases[this.head]?.release();
			this.head++;
		}
		this.reset();
		return true;
	}

	/** Drops everything. */
	clear(): void {
		for (let i = this.head; i < this.buffers.length; i++) {
			unpin(this.buffers[i]);
			this.leases[i]?.release();
		}
		this.reset();
	}

	private reset(): void {
		this.head = 0;
		this.length = 0;
		this.buffers.length = 0;
		this.leases.length = 0;
		this.ranges.length = 0;
	}
}
