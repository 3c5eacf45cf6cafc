import type { Pump } from "../../src/core/pump";
import type { Introduction } from "../../src/peer/introduction";
import type { PeerLink } from "../../src/peer/peer-link";
import type { PeerPath } from "../../src/peer/peer-path";
import type { LinkedTunnel } from "../../src/peer/tunnel/tunnel-contract";
import type { Network, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";

/** What both sides would learn from a rendezvous server. */
export const FIXED_INTRODUCTION: Introduction = {
	session: new Uint8Array([9, 8, 7, 6, 5, 4, 3, 2]),
	password: new Uint8Array(20),
	controlling: true,
	peer: "0123456789abcdef",
	name: "garage",
	candidates: [],
	startDelay: 0,
};

/** A link over a UDP socket to one known port of this machine, without checks. Runs on Node.js and on XS. */
export class UdpLink implements PeerLink, UdpSink {
	path: PeerPath | undefined;
	private readonly socket: UdpSocket;
	private peer: UdpPeer | undefined;
	private tunnel: LinkedTunnel | undefined;

	/**
	 * @param to the port of the other side
	 * @param ready called with the own port once it is known
	 */
	constructor(
		network: Network,
		private readonly pump: Pump,
		port: number,
		private to: number,
		private readonly ready: (port: number) => void,
	) {
		this.socket = network.udp({ address: "127.0.0.1", port }, this);
	}

	/** Sets the port of the other side, which was not known before. */
	setPort(port: number): void {
		this.to = port;
	}

	/** Gives the tunnel its path. */
	connect(tunnel: LinkedTunnel): void {
		this.tunnel = tunnel;
		this.peer = this.socket.peer("127.0.0.1", this.to);
		this.path = {
			kind: "lan",
			address: "127.0.0.1",
			port: this.to,
			roundTrip: 0,
			send: (bytes, start, end) => this.send(bytes, start, end),
		};
		tunnel.connected(FIXED_INTRODUCTION, this.path);
		this.pump.settle();
	}

	opened(): void {
		this.ready(this.socket.port);
	}

	received(bytes: Uint8Array): void {
		this.tunnel?.received(bytes);
		this.pump.settle();
	}

	failed(_why: string, detail: string): void {
		throw new Error(detail);
	}

	send(bytes: Uint8Array, start: number, end: number): void {
		if (this.peer !== undefined) this.socket.sendTo(this.peer, bytes, start, end);
	}

	probe(): void {}

	close(): void {
		this.peer = undefined;
		this.socket.close();
	}
}
