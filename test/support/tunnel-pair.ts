import assert from "node:assert/strict";
import { Link, type LinkSettings } from "../../hosts/virtual/link";
import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualClock } from "../../hosts/virtual/virtual-clock";
import { VirtualRandom } from "../../hosts/virtual/virtual-random";
import { World } from "../../hosts/virtual/world";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import type { EndReason } from "../../src/core/stream";
import type { PeerLink } from "../../src/peer/peer-link";
import type { PeerPath } from "../../src/peer/peer-path";
import { acceptTunnel, openTunnel } from "../../src/peer/tunnel/peer-tunnel";
import type {
	LinkedTunnel,
	TunnelAcceptance,
	TunnelFailure,
	TunnelOffer,
	TunnelService,
	TunnelSink,
} from "../../src/peer/tunnel/tunnel-contract";
import { tunnelHost } from "../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL, type TunnelLimits } from "../../src/peer/tunnel/tunnel-limits";
import type { Ciphers } from "../../src/ports/ciphers";
import type { Stream, StreamSink } from "../../src/ports/net";
import { FIXED_INTRODUCTION } from "./udp-tunnel";

/** What the IPv4 and UDP headers add to a packet. */
const HEADERS = 28;

/** Octets that show every slip. */
export function octetsOf(length: number, seed = 1): Uint8Array {
	const random = new Prng(seed);
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = random.u32() >>> 24;
	return bytes;
}

/** Compares octets without the cost of a message. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}

/** How the two sides differ from the usual. */
export interface PairOptions {
	readonly seed?: number;
	readonly wire?: Partial<LinkSettings>;
	readonly limits?: TunnelLimits;
	/** Those of the device. */
	readonly deviceLimits?: TunnelLimits;
	readonly offer?: Partial<TunnelOffer>;
	readonly acceptance?: Partial<TunnelAcceptance>;
	readonly ciphers?: Ciphers;
}

/** One end of a stream in a test: keeps what comes, and writes as there is room. */
export class TestStream implements StreamSink {
	stream!: Stream;
	rooms = 0;
	readonly ends: EndReason[] = [];
	goings = 0;
	length = 0;
	onRoom: (() => void) | undefined;
	onReceived: ((bytes: Uint8Array) => void) | undefined;
	private readonly chunks: Uint8Array[] = [];

	get content(): Uint8Array {
		const all = new Uint8Array(this.length);
		let at = 0;
		for (const chunk of this.chunks) {
			all.set(chunk, at);
			at += chunk.length;
		}
		return all;
	}

	room(): void {
		this.rooms++;
		this.onRoom?.();
	}

	received(bytes: Uint8Array): void {
		assert.equal(this.ends.length, 0, "received after ended");
		this.length += bytes.length;
		if (this.onReceived === undefined) this.chunks.push(bytes.slice());
		else this.onReceived(bytes);
	}

	ended(why: EndReason): void {
		this.ends.push(why);
	}

	gone(): void {
		this.goings++;
	}

	/** Writes all of `bytes` as there is room, then ends the sending half. */
	pour(bytes: Uint8Array): void {
		let at = 0;
		this.onRoom = () => {
			while (at < bytes.length && this.stream.room > 0) {
				const end = Math.min(bytes.length, at + this.stream.room);
				this.stream.writeShared(bytes, at, end);
				at = end;
			}
			if (at === bytes.length) this.stream.end();
		};
		if (this.stream.room > 0) this.onRoom();
	}
}

/** One side of a {@link TunnelPair}. */
export class TunnelSide implements TunnelSink, PeerLink {
	tunnel!: LinkedTunnel;
	readonly log: string[] = [];
	remoteKey: Uint8Array | undefined;
	ending: TunnelFailure | undefined;
	/** Streams of the other side. */
	readonly streams: TestStream[] = [];
	isRefusing = false;
	onAccepted: ((stream: TestStream, service: TunnelService) => void) | undefined;
	isClosed = false;
	path: PeerPath | undefined;
	/** How often the tunnel had its path tested. */
	probes = 0;
	readonly pump: Pump;
	/** Carries a datagram to the other side. */
	carry: (bytes: Uint8Array) => void = () => undefined;

	constructor(readonly clock: VirtualClock) {
		this.pump = new Pump(clock);
	}

	send(bytes: Uint8Array, start: number, end: number): void {
		assert.ok(start >= 4, "the path needs room before the packet");
		if (!this.isClosed && this.path !== undefined) this.carry(bytes.slice(start, end));
		// A TURN channel's header.
		bytes.fill(0xee, start - 4, start);
	}

	probe(): void {
		this.probes++;
	}

	close(): void {
		this.isClosed = true;
	}

	moved(path: PeerPath): void {
		this.log.push(`path ${path.address}`);
	}

	opened(remoteKey: Uint8Array | undefined): void {
		this.remoteKey = remoteKey;
		this.log.push("opened");
	}

	accepted(service: TunnelService, stream: Stream): StreamSink | undefined {
		if (this.isRefusing) return undefined;
		const sink = new TestStream();
		sink.stream = stream;
		this.streams.push(sink);
		this.onAccepted?.(sink, service);
		return sink;
	}

	ended(why: TunnelFailure): void {
		assert.equal(this.ending, undefined, "ended twice");
		this.ending = why;
		this.log.push(`ended ${why}`);
	}

	/** Opens a stream. */
	open(service: TunnelService): TestStream {
		const sink = new TestStream();
		sink.stream = this.tunnel.open(service, sink);
		return sink;
	}
}

/** Two tunnels joined by a wire that delays, loses, repeats and reorders packets, in virtual time. */
export class TunnelPair {
	readonly world: World;
	readonly wire: Link;
	readonly caller: TunnelSide;
	readonly device: TunnelSide;
	readonly ciphers: Ciphers;
	readonly deviceKey: Uint8Array;
	readonly callerKey: Uint8Array;
	/** Sees each packet; returns false to lose it. */
	tap: (bytes: Uint8Array, fromCaller: boolean) => boolean = () => true;

	constructor({ seed = 1, wire = {}, limits = LARGE_TUNNEL, ...options }: PairOptions = {}) {
		this.world = new World(seed);
		this.wire = new Link(this.world.fork(), { delay: 20, ...wire }, () => undefined);
		const ciphers = options.ciphers ?? new ToyCiphers(new VirtualRandom(this.world.fork()));
		this.ciphers = ciphers;
		this.deviceKey = ciphers.drawKey();
		this.callerKey = ciphers.drawKey();
		this.caller = new TunnelSide(new VirtualClock(this.world, true));
		this.device = new TunnelSide(new VirtualClock(this.world, true));
		const offer: TunnelOffer = {
			own: this.callerKey,
			deviceKey: () => ciphers.publicKeyOf(this.deviceKey),
			payload: new Uint8Array([1, 2, 3]),
			...options.offer,
		};
		const acceptance: TunnelAcceptance = { own: this.deviceKey, admit: () => true, ...options.acceptance };
		const { caller, device } = this;
		caller.tunnel = openTunnel(tunnelHost(caller.pump, ciphers, limits), offer, caller).attach(caller);
		const deviceLimits = options.deviceLimits ?? limits;
		device.tunnel = acceptTunnel(tunnelHost(device.pump, ciphers, deviceLimits), acceptance, device, device);
		caller.carry = (bytes) => this.carry(bytes, true);
		device.carry = (bytes) => this.carry(bytes, false);
	}

	/** The path works on both sides. */
	connect(): this {
		for (const side of [this.device, this.caller]) {
			const path = this.path(side, "203.0.113.1");
			side.path = path;
			side.tunnel.connected({ ...FIXED_INTRODUCTION, controlling: side === this.caller }, path);
		}
		return this;
	}

	/** Connects, and waits until both sides are open. */
	open(): this {
		this.connect();
		this.until("open", () => this.caller.tunnel.isOpen && this.device.tunnel.isOpen);
		return this;
	}

	/** Both sides use another path from now on. */
	move(address: string): void {
		for (const side of [this.device, this.caller]) {
			const path = this.path(side, address);
			side.path = path;
			side.tunnel.moved(path);
		}
	}

	/** Lets time pass until something is true. */
	until(what: string, is: () => boolean, limit = 30_000): void {
		assert.ok(this.world.runUntil(is, limit), `seed ${this.world.seed}: not within ${limit} ms: ${what}`);
	}

	private path(side: TunnelSide, address: string): PeerPath {
		return {
			kind: "punched",
			address,
			port: 4000,
			roundTrip: 40,
			send: (bytes, start, end) => side.send(bytes, start, end),
		};
	}

	private carry(bytes: Uint8Array, fromCaller: boolean): void {
		if (!this.tap(bytes, fromCaller)) return;
		const arrivals: number[] = [];
		this.wire.carry(fromCaller ? 0 : 1, this.world.now, bytes.length + HEADERS, arrivals);
		const to = fromCaller ? this.device : this.caller;
		for (const at of arrivals) {
			this.world.at(at, () => {
				if (to.isClosed) return;
				const copy = bytes.slice();
				to.tunnel.received(copy);
				copy.fill(0xdd);
			});
		}
	}
}
