import type { Octets } from "../../src/core/time";

/** Room for the packets of most pictures; a larger burst gets a buffer of its own size. */
const ROOM: Octets = 1 << 16;

/**
 * Holds the octets of datagrams while Node.js sends them: one buffer for all sockets, with a view of each datagram that is made
 * once and used again as long as the lengths stay.
 *
 * Node.js sends in the call where the kernel takes a datagram at once. Where it does not, Node.js queues a reference: the socket
 * calls {@link abandon} then, and the next octets go into another buffer. So nothing is allocated for a burst that is sent at once.
 */
export class SendBuffer {
	/** View `i` is datagram `i` of the last {@link fill}. */
	readonly views: Uint8Array[] = [];
	private bytes = new Uint8Array(ROOM);
	/** What was filled in last, so that receivers of the same burst share a view of it. */
	private from: Uint8Array = new Uint8Array(0);
	private source: Uint8Array = this.from;

	/** Copies `count` adjacent datagrams: datagram `i` is `bytes[offsets[i], offsets[i + 1])`. */
	fill(bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		const start = offsets[0];
		const length = offsets[count] - start;
		if (length > this.bytes.length) this.renew(length);
		if (bytes !== this.source || this.from.length !== length || this.from.byteOffset !== bytes.byteOffset + start) {
			this.from = bytes.subarray(start, start + length);
			this.source = bytes;
		}
		this.bytes.set(this.from);
		let at = 0;
		for (let i = 0; i < count; i++) {
			const size = offsets[i + 1] - offsets[i];
			const view = this.views[i];
			if (view === undefined || view.byteOffset !== at || view.length !== size) {
				this.views[i] = this.bytes.subarray(at, at + size);
			}
			at += size;
		}
	}

	/** Something still refers to the octets: leaves them alone from now on. */
	abandon(): void {
		this.renew(this.bytes.length);
	}

	private renew(length: Octets): void {
		this.bytes = new Uint8Array(length);
		this.views.length = 0;
	}
}
