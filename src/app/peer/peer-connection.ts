import { nextPause } from "../../core/backoff";
import type { Machine } from "../../core/machine";
import type { Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import { addressOfPeer } from "../../peer/peer-address";
import type { PeerStep } from "../../peer/peer-link";
import type { PeerPath } from "../../peer/peer-path";
import type { Tunnel, TunnelFailure, TunnelService, TunnelSink } from "../../peer/tunnel/tunnel-contract";
import type { Stream, StreamSink } from "../../ports/net";
import type { HomeAccess } from "./peer-services";
import type { TunnelDialer } from "./tunnel-dialer";
import { type StreamTraffic, WaitingStream, type WaitingStreamOwner } from "./waiting-stream";

/** How long a tunnel without streams is kept. */
const IDLE: Millis = 60_000;
/** The pauses before a device that can't be reached is tried again. The first attempt after a loss follows at once. */
const RETRY: Millis = 500;
const RETRY_MAX: Millis = 10_000;

/** Follows a {@link PeerConnection}. Called after the call that caused it. */
export interface ConnectionWatcher {
	/** @see PeerLinkSink.step */
	step?(step: PeerStep, detail: string): void;
	/** There is a tunnel, or its path has changed. */
	reached?(path: PeerPath | undefined): void;
	/** The other side gives no answers any more: `reached` follows, or `lost`, which takes half a minute. */
	interrupted?(): void;
	/** There is no tunnel any more, or none could be had. */
	lost?(why: TunnelFailure, detail: string): void;
}

/** What all connections of a program share. */
export interface ConnectionHost {
	readonly pump: Pump;
	readonly dialer: TunnelDialer;
}

/**
 * Keeps a tunnel to one device while it is needed, for any number of streams: opens it for the first one, opens another one after a
 * loss, closes it when it is idle.
 */
export class PeerConnection implements Machine<undefined>, TunnelSink, WaitingStreamOwner {
	deadline: Millis = Infinity;
	/** What its streams have carried since its beginning, by all its tunnels. */
	readonly traffic: StreamTraffic = { sent: 0, received: 0 };
	private readonly handle: Handle<PeerConnection, undefined>;
	private readonly streams = new Set<WaitingStream>();
	private tunnel: Tunnel | undefined;
	private pause: Millis = 0;
	private isClosed = false;
	private hasBeenOpen = false;

	/**
	 * @param isKept true: the tunnel is opened at once and kept, whether or not there are streams
	 * @param watcher follows it
	 */
	constructor(
		private readonly host: ConnectionHost,
		readonly access: HomeAccess,
		readonly peer: string,
		private isKept = false,
		private readonly watcher: ConnectionWatcher = {},
	) {
		this.handle = host.pump.add(this, undefined);
		if (isKept) this.dialSoon(0);
	}

	/** True while there is a tunnel. */
	get isOpen(): boolean {
		return this.tunnel?.isOpen === true;
	}

	/** True while a tunnel is being opened. */
	get isDialling(): boolean {
		return this.tunnel !== undefined && !this.isOpen;
	}

	/** The smoothed round-trip time of the tunnel, or that of its path's latest check; 0: not known. */
	get roundTrip(): Millis {
		return this.tunnel?.counters.roundTrip || (this.path?.roundTrip ?? 0);
	}

	/** The path in use; `undefined` without one. */
	get path(): PeerPath | undefined {
		return this.tunnel?.path;
	}

	/** Opens a stream to a service of the device, by a tunnel that there is or will be. @param port for the stream's remote port */
	open(service: TunnelService, sink: StreamSink, port = 0): Stream {
		const stream = new WaitingStream(this.host.pump, service, sink, this, addressOfPeer(this.peer), port);
		this.streams.add(stream);
		if (this.isOpen && this.tunnel !== undefined) stream.begin(this.tunnel);
		else if (this.tunnel === undefined) this.dialSoon(0);
		return stream;
	}

	/** Opens the tunnel if there is none, as streams will come soon. */
	wake(): void {
		if (this.tunnel === undefined && !this.isClosed) this.dialSoon(0);
	}

	/** Sets whether the tunnel is kept whether or not there are streams. One that nobody needs any more ends at once. */
	keep(on: boolean): void {
		if (this.isKept === on || this.isClosed) return;
		this.isKept = on;
		if (on) return this.wake();
		if (this.streams.size > 0) return;
		this.deadline = Infinity;
		this.handle.called();
		this.tunnel?.close();
	}

	/** Ends the tunnel with all its streams, as it carries nothing any more; another one is opened when it is needed. */
	drop(): void {
		this.tunnel?.close();
	}

	/** The network has changed: a device that could not be reached is tried again at once. */
	retry(): void {
		this.pause = 0;
		if (this.tunnel === undefined && this.deadline !== Infinity) this.dialSoon(0);
	}

	/** Ends it with all its streams; harmless when repeated. */
	close(): void {
		this.isClosed = true;
		this.deadline = Infinity;
		this.handle.remove();
		for (const stream of this.streams) stream.abort();
		this.tunnel?.close();
	}

	/** @see Machine */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		if (this.isClosed) return;
		if (this.tunnel === undefined) this.tunnel = this.host.dialer.dial(this.access, this.peer, this);
		else if (!this.isKept && this.streams.size === 0) this.tunnel.close();
	}

	/** @see TunnelSink */
	step(step: PeerStep, detail: string): void {
		if (!this.isClosed) this.watcher.step?.(step, detail);
	}

	/** @see TunnelSink */
	opened(): void {
		const { tunnel } = this;
		if (this.isClosed || tunnel === undefined) return;
		this.pause = 0;
		this.hasBeenOpen = true;
		for (const stream of this.streams) stream.begin(tunnel);
		this.watcher.reached?.(tunnel.path);
		this.mayIdle();
	}

	/** @see TunnelSink */
	moved(path: PeerPath): void {
		if (!this.isClosed && this.isOpen) this.watcher.reached?.(path);
	}

	/** @see TunnelSink */
	interrupted(): void {
		if (!this.isClosed && this.isOpen) this.watcher.interrupted?.();
	}

	/** Devices open no streams to those who asked them. @see TunnelSink */
	accepted(): undefined {
		return undefined;
	}

	/** @see TunnelSink */
	ended(why: TunnelFailure, detail: string): void {
		this.tunnel = undefined;
		this.deadline = Infinity;
		if (this.isClosed) return;
		for (const stream of this.streams) stream.fail(why === "no-answer" ? "timeout" : "unreachable", detail);
		const wasOpen = this.hasBeenOpen;
		this.hasBeenOpen = false;
		if (this.isKept) {
			// The first attempt after a loss costs nothing, and the path is mostly found again (P2P-11).
			this.pause = wasOpen ? 0 : nextPause(this.pause, RETRY, RETRY_MAX);
			this.dialSoon(this.pause);
		} else if (this.waiting) this.dialSoon(RETRY);
		this.watcher.lost?.(why, detail);
	}

	/** @see WaitingStreamOwner */
	streamGone(stream: WaitingStream): void {
		this.streams.delete(stream);
		this.mayIdle();
	}

	private get waiting(): boolean {
		for (const { isWaiting } of this.streams) if (isWaiting) return true;
		return false;
	}

	private mayIdle(): void {
		if (this.isKept || this.isClosed || this.tunnel === undefined || this.streams.size > 0) return;
		this.dialSoon(IDLE);
	}

	/** Not at once, as the dialer calls back only after its call, and callers are in calls of their own. */
	private dialSoon(delay: Millis): void {
		this.deadline = this.host.pump.now() + delay;
		this.handle.called();
	}
}
