import type { HomeAccess } from "../../src/app/peer/peer-services";
import type { TunnelDialer } from "../../src/app/peer/tunnel-dialer";
import type { Pump } from "../../src/core/pump";
import type { EndReason, Lease } from "../../src/core/stream";
import type { PeerPath } from "../../src/peer/peer-path";
import type { Tunnel, TunnelFailure, TunnelService, TunnelSink } from "../../src/peer/tunnel/tunnel-contract";
import type { Stream, StreamSink } from "../../src/ports/net";

/** Octets that a stream takes before its reader has read them. */
const WINDOW = 5000;

/** One end of a stream within the memory of a test. Everything arrives after the call that sent it. */
export class MemoryStream implements Stream {
	readonly secure = true;
	readonly remoteAddress = "";
	readonly remotePort = 0;
	readonly localAddress = "";
	readonly localPort = 0;
	sink: StreamSink | undefined;
	other!: MemoryStream;
	isOpen = false;
	/** What the other end has sent and this one has not read. */
	private inbox: Uint8Array[] = [];
	private unread = 0;
	private isReading = true;
	private isEnding = false;
	private hasEnded = false;
	private isGone = false;
	private wasFull = false;

	constructor(private readonly pump: Pump) {}

	get room(): number {
		return this.isOpen && !this.isEnding && !this.isGone ? Math.max(0, WINDOW - this.other.unread) : 0;
	}

	get queued(): number {
		return 0;
	}

	write(bytes: Uint8Array, start: number, end: number): void {
		if (end - start > this.room || end <= start)
			throw new RangeError(`wrote ${end - start} with room for ${this.room}`);
		this.push(bytes.slice(start, end));
	}

	writeShared(bytes: Uint8Array, start: number, end: number): void {
		this.write(bytes, start, end);
	}

	offer(bytes: Uint8Array, start: number, end: number, _lease?: Lease): boolean {
		if (this.room < WINDOW) return false;
		this.push(bytes.slice(start, end));
		return true;
	}

	reading(on: boolean): void {
		this.isReading = on;
		if (on) this.pump.after(0, () => this.read());
	}

	end(): void {
		if (this.isEnding || this.isGone) return;
		this.isEnding = true;
		this.pump.after(0, () => this.other.read());
		this.mayGo();
	}

	abort(): void {
		if (this.isGone) return;
		this.pump.after(0, () => {
			this.finish("reset");
			this.other.finish("reset");
		});
	}

	/** Opens this end. */
	opened(): void {
		if (this.isOpen || this.isGone) return;
		this.isOpen = true;
		this.sink?.room();
	}

	/** The connection is gone. */
	finish(why: EndReason): void {
		if (this.isGone) return;
		this.isGone = true;
		if (!this.hasEnded) this.sink?.ended(why);
		this.hasEnded = true;
		this.sink?.gone();
	}

	private push(bytes: Uint8Array): void {
		this.other.inbox.push(bytes);
		this.other.unread += bytes.length;
		if (this.room === 0) this.wasFull = true;
		this.pump.after(0, () => this.other.read());
	}

	private read(): void {
		while (this.isReading && this.inbox.length > 0 && !this.isGone) {
			const bytes = this.inbox.shift() as Uint8Array;
			this.unread -= bytes.length;
			this.sink?.received(bytes);
			bytes.fill(0xee);
		}
		const { other } = this;
		if (other.wasFull && other.room > 0) {
			other.wasFull = false;
			other.sink?.room();
		}
		if (this.inbox.length > 0 || this.hasEnded || !other.isEnding || this.isGone) return;
		this.hasEnded = true;
		this.sink?.ended("closed");
		this.mayGo();
	}

	private mayGo(): void {
		if (!this.isEnding || !this.other.isEnding) return;
		this.pump.after(0, () => {
			if (this.unread > 0 || this.other.unread > 0) return;
			this.finish("reset");
			this.other.finish("reset");
		});
	}
}

/** Makes the two ends of a stream. */
export function memoryStreams(pump: Pump): [MemoryStream, MemoryStream] {
	const near = new MemoryStream(pump);
	const far = new MemoryStream(pump);
	near.other = far;
	far.other = near;
	return [near, far];
}

/** A path for tests. */
export function fakePath(kind: PeerPath["kind"] = "punched", address = "198.51.100.7"): PeerPath {
	return { kind, address, port: 40_000, roundTrip: 23, send() {} };
}

/** One side of a tunnel without encryption, link or packets. */
export class FakeTunnel implements Tunnel {
	readonly counters = { sent: 0, received: 0, dropped: 0, repeated: 0, lost: 0, roundTrip: 23, rate: 0 };
	isOpen = false;
	isOver = false;
	path: PeerPath | undefined;
	readonly streams: MemoryStream[] = [];

	/** @param far takes the streams that this side opens; `undefined`: all are refused */
	constructor(
		private readonly pump: Pump,
		readonly sink: TunnelSink,
		private readonly far: TunnelSink | undefined,
	) {}

	open(service: TunnelService, sink: StreamSink): Stream {
		const [near, far] = memoryStreams(this.pump);
		near.sink = sink;
		this.streams.push(near);
		this.pump.after(0, () => {
			const taken = this.isOpen ? this.far?.accepted(service, far) : undefined;
			if (taken === undefined) return near.finish(this.isOpen ? "refused" : "unreachable");
			far.sink = taken;
			far.opened();
			near.opened();
		});
		return near;
	}

	close(): void {
		this.pump.after(0, () => this.finish("closed", ""));
	}

	/** The tunnel opens. */
	opened(path = fakePath()): void {
		this.isOpen = true;
		this.path = path;
		this.sink.opened(undefined);
	}

	/** Another path is used. */
	moved(path: PeerPath): void {
		this.path = path;
		this.sink.moved?.(path);
	}

	/** The device gives no answers any more. */
	interrupted(): void {
		this.sink.interrupted?.();
	}

	/** The tunnel is over. */
	finish(why: TunnelFailure, detail: string): void {
		if (this.isOver) return;
		this.isOver = true;
		this.isOpen = false;
		this.path = undefined;
		for (const stream of this.streams) {
			stream.finish("reset");
			stream.other.finish("reset");
		}
		this.sink.ended(why, detail);
	}
}

/** Dials devices of a test. */
export class FakeDialer implements TunnelDialer {
	/** All tunnels so far. */
	readonly dialled: { readonly peer: string; readonly access: HomeAccess; readonly tunnel: FakeTunnel }[] = [];
	/** What takes the streams of each device; absent: it can't be reached. */
	readonly devices = new Map<string, TunnelSink>();
	/** Devices that neither answer nor refuse. */
	readonly silent = new Set<string>();
	/** How long it takes until a device is reached. */
	delay = 5;
	/** Why devices that are absent can't be reached. */
	failure: [TunnelFailure, string] = ["not-found", "no such device"];

	constructor(private readonly pump: Pump) {}

	get last(): FakeTunnel {
		return this.dialled[this.dialled.length - 1].tunnel;
	}

	dial(access: HomeAccess, peer: string, sink: TunnelSink): Tunnel {
		const device = this.devices.get(peer);
		const tunnel = new FakeTunnel(this.pump, sink, device);
		this.dialled.push({ peer, access, tunnel });
		this.pump.after(0, () => sink.step?.("server", "meet.example.org answers"));
		this.pump.after(this.delay, () => {
			if (tunnel.isOver || this.silent.has(peer)) return;
			if (device === undefined) tunnel.finish(...this.failure);
			else tunnel.opened();
		});
		return tunnel;
	}
}

/** Takes streams and answers each with what came in, in capitals, after a prefix. */
export function shouter(prefix = "", taken: string[] = []): TunnelSink {
	return {
		opened() {},
		accepted: (service, stream) => {
			taken.push(service);
			const out = stream;
			return {
				room() {},
				received: (bytes) => {
					const answer = new Uint8Array(prefix.length + bytes.length);
					for (let i = 0; i < prefix.length; i++) answer[i] = prefix.charCodeAt(i);
					for (let i = 0; i < bytes.length; i++) {
						const code = bytes[i];
						answer[prefix.length + i] = code >= 97 && code <= 122 ? code - 32 : code;
					}
					if (out.room >= answer.length) out.write(answer, 0, answer.length);
				},
				ended: () => out.end(),
				gone() {},
			};
		},
		ended() {},
	};
}
