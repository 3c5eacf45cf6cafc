import type { Lease } from "../../core/stream";
import type { Octets } from "../../core/time";
import type { Stream } from "../../ports/net";

/** A stream of a tunnel as the services of a device see it: its far end is a peer, whatever path the tunnel takes. */
export class PeerStream implements Stream {
	readonly localAddress = "";
	readonly localPort = 0;
	readonly remotePort = 0;

	/**
	 * @param remoteAddress the virtual address of the peer
	 * @param secure whether it counts as encrypted for the service; it is, in any case
	 */
	constructor(
		private readonly inner: Stream,
		readonly remoteAddress: string,
		readonly secure: boolean,
	) {}

	get room(): Octets {
		return this.inner.room;
	}

	get queued(): Octets {
		return this.inner.queued;
	}

	get sent(): Octets {
		return this.inner.sent ?? 0;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		this.inner.write(bytes, start, end);
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.inner.writeShared(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		return this.inner.offer(bytes, start, end, lease);
	}

	reading(on: boolean): void {
		this.inner.reading(on);
	}

	end(): void {
		this.inner.end();
	}

	abort(): void {
		this.inner.abort();
	}
}
