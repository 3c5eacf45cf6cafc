import type { Pump } from "../../core/pump";
import type { EndReason, Lease } from "../../core/stream";
import type { Octets } from "../../core/time";
import type { Tunnel, TunnelService } from "../../peer/tunnel/tunnel-contract";
import type { Stream, StreamSink } from "../../ports/net";

/** Octets that streams have carried, both ways. */
export interface StreamTraffic {
	sent: Octets;
	received: Octets;
}

/** Follows a {@link WaitingStream}. */
export interface WaitingStreamOwner {
	/** Counts what the stream carries; absent: nobody wants to know. */
	readonly traffic?: StreamTraffic;
	/** It is over. */
	streamGone(stream: WaitingStream): void;
}

/** A stream to a device that can be had before there is a tunnel: it opens when the tunnel does, or ends when that can't be. */
export class WaitingStream implements Stream {
	readonly secure = true;
	readonly localAddress = "";
	readonly localPort = 0;
	private inner: Stream | undefined;
	private isReading = true;
	private isEnding = false;
	private isOver = false;
	/** The sink of the stream of the tunnel. */
	private readonly below: StreamSink = {
		room: () => {
			if (this.isEnding) this.inner?.end();
			else this.sink.room();
		},
		received: (bytes) => {
			if (this.owner.traffic !== undefined) this.owner.traffic.received += bytes.length;
			this.sink.received(bytes);
		},
		ended: (why, detail) => this.sink.ended(why, detail),
		gone: () => this.finish(),
	};

	/**
	 * @param service where it leads
	 * @param remoteAddress the virtual address of the device
	 */
	constructor(
		private readonly pump: Pump,
		readonly service: TunnelService,
		private readonly sink: StreamSink,
		private readonly owner: WaitingStreamOwner,
		readonly remoteAddress: string,
		readonly remotePort: number,
	) {}

	/** True until it has a tunnel or is over. */
	get isWaiting(): boolean {
		return this.inner === undefined && !this.isOver;
	}

	/** The tunnel is open. */
	begin(tunnel: Tunnel): void {
		if (!this.isWaiting) return;
		this.inner = tunnel.open(this.service, this.below);
		if (!this.isReading) this.inner.reading(false);
	}

	/** There will be no tunnel. Not to be called during a call to the stream. */
	fail(why: EndReason, detail: string): void {
		if (!this.isWaiting) return;
		this.sink.ended(why, detail);
		this.finish();
	}

	get room(): Octets {
		return this.isEnding ? 0 : (this.inner?.room ?? 0);
	}

	get queued(): Octets {
		return this.inner?.queued ?? 0;
	}

	get sent(): Octets {
		return this.inner?.sent ?? 0;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		this.inner?.write(bytes, start, end);
		this.count(end - start);
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.inner?.writeShared(bytes, start, end);
		this.count(end - start);
	}

	offer(bytes: Uint8Array, start: number, end: number, lease?: Lease): boolean {
		const isTaken = this.inner?.offer(bytes, start, end, lease) ?? false;
		if (isTaken) this.count(end - start);
		return isTaken;
	}

	reading(on: boolean): void {
		this.isReading = on;
		this.inner?.reading(on);
	}

	end(): void {
		this.isEnding = true;
		// One that is not open yet ends as soon as it is.
		this.inner?.end();
	}

	abort(): void {
		if (this.inner !== undefined) return this.inner.abort();
		if (this.isOver) return;
		this.isOver = true;
		this.pump.after(0, () => {
			this.sink.ended("reset");
			this.finish();
		});
	}

	private count(octets: Octets): void {
		if (this.owner.traffic !== undefined && this.inner !== undefined) this.owner.traffic.sent += octets;
	}

	private finish(): void {
		this.isOver = true;
		this.sink.gone();
		this.owner.streamGone(this);
	}
}
