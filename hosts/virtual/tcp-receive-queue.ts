import type { Octets } from "../../src/core/time";

/** Puts the octets of one direction of a TCP connection in order, and keeps them until they are read. */
export class ReceiveQueue {
	/** The offset of the next octet that is expected. */
	next = 0;
	/** True once all octets up to the end of the stream have arrived. */
	ended = false;
	private readonly early = new Map<number, { readonly bytes: Uint8Array; readonly fin: boolean }>();
	private readonly held: Uint8Array[] = [];
	private heldOctets: Octets = 0;

	/** @param window octets that are kept until they are read */
	constructor(private readonly window: Octets) {}

	/** The credit for the peer. */
	get limit(): number {
		return this.next - this.heldOctets + this.window;
	}

	/** True while there is something to read. */
	get readable(): boolean {
		return this.held.length > 0;
	}

	/** Takes a segment, which may be out of order or a duplicate. */
	put(seq: number, bytes: Uint8Array, fin: boolean): void {
		if (seq < this.next || seq > this.limit) return;
		this.early.set(seq, { bytes, fin });
		for (let item = this.early.get(this.next); item !== undefined; item = this.early.get(this.next)) {
			this.early.delete(this.next);
			this.next += item.fin ? 1 : item.bytes.length;
			if (item.fin) {
				this.ended = true;
				return;
			}
			this.held.push(item.bytes);
			this.heldOctets += item.bytes.length;
		}
	}

	/** Removes and returns the next octets in order; a copy that the caller may overwrite. */
	take(): Uint8Array | undefined {
		const bytes = this.held.shift();
		if (bytes === undefined) return undefined;
		this.heldOctets -= bytes.length;
		return bytes.slice();
	}
}
