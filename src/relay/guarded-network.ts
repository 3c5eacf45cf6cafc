import type { IpFamily } from "../core/ip-address";
import type { Pump } from "../core/pump";
import type { EndReason } from "../core/stream";
import type { Millis } from "../core/time";
import type { ConnectOptions, Network, Stream, StreamSink } from "../ports/net";
import type { AddressRecord, Lookup, Resolver, ResolverDone, ServiceRecord } from "../ports/resolver";
import { WrappedNetwork } from "../ports/wrapped-network";
import { isOfOtherMachine } from "./allow-list";

/** Of how many addresses the names are remembered. */
const ADDRESSES_MAX = 64;

/** Judges where connections for a content may go. */
export interface Reach {
	/** Tells whether an address is one of this machine. */
	isOurs(address: string): boolean;
	/**
	 * Tells whether a server may be connected to.
	 * @param host its address, or a name that has this address
	 * @param isOurs whether the address is one of this machine
	 */
	mayReach(host: string, port: number, isOurs: boolean): boolean;
}

/**
 * The network for connections to the origin of one content: they go only where they may, whatever a name resolves to or a server redirects
 * to. So nobody reaches the relay's own services, the relay itself, or servers that its owner has not allowed, by the relay (REP-11).
 */
export class GuardedNetwork extends WrappedNetwork implements Resolver {
	/** The names that have an address, as far as they were looked up. */
	private readonly names = new Map<string, string[]>();

	constructor(
		network: Network,
		private readonly resolver: Resolver,
		private readonly pump: Pick<Pump, "after">,
		private readonly reach: Reach,
	) {
		super(network);
	}

	override connect(options: ConnectOptions, sink: StreamSink): Stream {
		const { address, port } = options;
		const isOurs = !isOfOtherMachine(address) || this.reach.isOurs(address);
		if (!this.mayReach(address, port, isOurs)) return this.refuse(options, sink);
		if (isOurs || this.mayReach(address, port, true)) return this.network.connect(options, sink);
		const guard = new GuardedSink(sink);
		guard.stream = this.network.connect(options, guard);
		return guard.stream;
	}

	/** Looks up a name, and notes whose the addresses are. @see Resolver */
	addresses(name: string, family: IpFamily, limit: Millis, done: ResolverDone<AddressRecord>): Lookup {
		return this.resolver.addresses(name, family, limit, (answer) => {
			for (const { address } of answer.failure === undefined ? answer.records : []) this.note(address, name);
			done(answer);
		});
	}

	services(name: string, limit: Millis, done: ResolverDone<ServiceRecord>): Lookup {
		return this.resolver.services(name, limit, done);
	}

	private mayReach(address: string, port: number, isOurs: boolean): boolean {
		const { reach } = this;
		if (reach.mayReach(address, port, isOurs)) return true;
		return this.names.get(address)?.some((name) => reach.mayReach(name, port, isOurs)) === true;
	}

	private note(address: string, name: string): void {
		const known = this.names.get(address);
		if (known?.includes(name)) return;
		if (this.names.size >= ADDRESSES_MAX || (known?.length ?? 0) >= ADDRESSES_MAX) this.names.clear();
		this.names.set(address, [...(this.names.get(address) ?? []), name]);
	}

	private refuse({ address, port, tls }: ConnectOptions, sink: StreamSink): Stream {
		const stream = new RefusedStream(address, port, tls !== undefined);
		this.pump.after(0, () => stream.end(sink));
		return stream;
	}
}

/** Ends a connection that turns out to be one with this machine, some of whose addresses may not be known. */
class GuardedSink implements StreamSink {
	stream: Stream | undefined;
	private isOpen = false;
	private isRefused = false;

	constructor(private readonly sink: StreamSink) {}

	room(): void {
		const { stream } = this;
		if (!this.isOpen && stream !== undefined) {
			this.isOpen = true;
			this.isRefused = stream.localAddress === stream.remoteAddress;
			if (this.isRefused) stream.abort();
		}
		if (!this.isRefused) this.sink.room();
	}

	received(bytes: Uint8Array): void {
		if (!this.isRefused) this.sink.received(bytes);
	}

	ended(why: EndReason, detail?: string): void {
		this.sink.ended(this.isRefused ? "refused" : why, detail);
	}

	gone(): void {
		this.sink.gone();
	}
}

/** A connection that was never opened. */
class RefusedStream implements Stream {
	readonly room = 0;
	readonly queued = 0;
	readonly localAddress = "";
	readonly localPort = 0;
	private isOver = false;

	constructor(
		readonly remoteAddress: string,
		readonly remotePort: number,
		readonly secure: boolean,
	) {}

	write(): void {}

	writeShared(): void {}

	offer(): boolean {
		return false;
	}

	reading(): void {}

	/** It ends by itself. */
	abort(): void {}

	/** Ends it, for its sink; nothing for its owner. */
	end(sink?: StreamSink, why: EndReason = "refused"): void {
		if (sink === undefined || this.isOver) return;
		this.isOver = true;
		sink.ended(why);
		sink.gone();
	}
}
