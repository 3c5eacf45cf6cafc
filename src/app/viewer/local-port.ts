import type { Listener, ListenerSink, NetFailure, Network, Stream, StreamSink } from "../../ports/net";

/** Ports are opened for this machine alone. */
const LOOPBACK = "127.0.0.1";
/** How many connections each port accepts at a time. */
export const VISITS_MAX = 64;

/** Follows a local port. */
export interface LocalPortOwner {
	/** The port is open. */
	opened(port: number): void;
	/** The port could not be opened. */
	failed(why: NetFailure, detail: string): void;
}

/** A connection that somebody has made to a local port. */
export interface LocalVisit {
	/** True while it leads nowhere, so that it may be dropped for another one. */
	readonly isIdle?: boolean;
	abort(): void;
}

/** A port of this machine that leads to devices by their tunnels. */
export abstract class LocalPort implements ListenerSink {
	private readonly listener: Listener;
	private readonly visits = new Set<LocalVisit>();
	private isClosed = false;

	/** @param port 0: any free one */
	constructor(
		network: Network,
		port: number,
		private readonly follower: LocalPortOwner,
	) {
		this.listener = network.listen({ address: LOOPBACK, port }, this);
	}

	/** The port; 0 before it is open. */
	get port(): number {
		return this.listener.port;
	}

	opened(): void {
		this.follower.opened(this.listener.port);
	}

	failed(why: NetFailure, detail: string): void {
		this.follower.failed(why, detail);
	}

	accepted(stream: Stream): StreamSink | undefined {
		return this.isClosed || (this.visits.size >= VISITS_MAX && !this.makeRoom()) ? undefined : this.visit(stream);
	}

	close(): void {
		this.isClosed = true;
		this.listener.close();
		for (const visit of this.visits) visit.abort();
	}

	/** A visit has begun. */
	protected came(visit: LocalVisit): void {
		this.visits.add(visit);
	}

	/** A visit is over. */
	visitGone(visit: LocalVisit): void {
		this.visits.delete(visit);
	}

	/** All connections are taken: the oldest one without a request is dropped, so that half a request keeps nobody out. */
	private makeRoom(): boolean {
		for (const visit of this.visits) {
			if (visit.isIdle !== true) continue;
			this.visits.delete(visit);
			visit.abort();
			return true;
		}
		return false;
	}

	protected abstract visit(stream: Stream): StreamSink;
}
