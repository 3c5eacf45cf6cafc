import type { NetFailure, Network, UdpPeer, UdpSink, UdpSocket } from "../../ports/net";
import type { ReportSink } from "../media-path";

/** Tells the time of the machine; a `Pump` and a `Clock` do. */
export interface Now {
	now(): number;
}

/** Learns whether a socket could be bound. */
export interface SocketOpening {
	socketOpened(): void;
	socketFailed(why: NetFailure, detail: string): void;
}

/** What arrived and was dropped. */
export class DropCounters {
	/** Datagrams from others than the stream's client, or to a port at which nothing is received. */
	strangers = 0;
	/** Datagrams that are not RTCP. */
	malformed = 0;
	/** Reports that name no stream of their sender. */
	unmatched = 0;
}

/** A bound UDP socket of a processing unit, which drops what it receives. */
export class UnitSocket implements UdpSink {
	/** The native socket; `undefined` before {@link open}. */
	socket: UdpSocket | undefined;
	/** The address that it is bound to. */
	address = "";
	private opening: SocketOpening | undefined;

	constructor(protected readonly drops: DropCounters) {}

	/** The bound port; 0 while it is not open. */
	get port(): number {
		return this.socket?.port ?? 0;
	}

	/** Binds it; `opening` is told the result later. May be called again after a failure. */
	open(network: Network, address: string, port: number, opening: SocketOpening): void {
		this.close();
		this.address = address;
		this.opening = opening;
		this.socket = network.udp({ address, port }, this);
	}

	/** A stream's reports arrive here from now on. */
	join(_stream: ReportSink): void {}

	/** They no longer do. */
	leave(_stream: ReportSink): void {}

	/** The owner needs it no longer. */
	release(): void {
		this.close();
	}

	/** Closes the socket; harmless when repeated. */
	close(): void {
		this.opening = undefined;
		this.socket?.close();
		this.socket = undefined;
	}

	/** @see UdpSink */
	opened(): void {
		const { opening } = this;
		this.opening = undefined;
		opening?.socketOpened();
	}

	/** @see UdpSink */
	failed(why: NetFailure, detail: string): void {
		const { opening } = this;
		this.close();
		opening?.socketFailed(why, detail);
	}

	/** @see UdpSink */
	received(_bytes: Uint8Array, _peer: UdpPeer): void {
		this.drops.strangers++;
	}
}

/** The socket of one stream's reports: takes what comes from its client's address. */
export class ReportSocket extends UnitSocket {
	private stream: ReportSink | undefined;

	constructor(
		drops: DropCounters,
		private readonly clock: Now,
	) {
		super(drops);
	}

	override join(stream: ReportSink): void {
		this.stream = stream;
	}

	override leave(_stream: ReportSink): void {
		this.stream = undefined;
	}

	override received(bytes: Uint8Array, peer: UdpPeer): void {
		const { stream } = this;
		if (stream === undefined || peer.address !== stream.client) this.drops.strangers++;
		else stream.report(this.clock.now(), bytes, 0, bytes.length);
	}
}
