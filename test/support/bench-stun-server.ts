import { AddressServer } from "../../src/peer/stun/address-server";
import type { Network, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";

/** One socket with an address server, for tools/bench/peer/stun. */
class BenchServer implements UdpSink {
	private readonly server = new AddressServer();
	private readonly socket: UdpSocket;

	constructor(
		network: Network,
		port: number,
		readonly opened: () => void,
	) {
		this.socket = network.udp({ address: "127.0.0.1", port }, this);
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		const length = this.server.respond(bytes, peer);
		if (length > 0) this.socket.sendTo(peer, this.server.bytes, 0, length);
	}

	failed(why: string, detail: string): void {
		throw new Error(`${why}: ${detail}`);
	}
}

/** Answers address requests at a port of 127.0.0.1 until it is killed. */
export function openBenchServer(network: Network, port: number, opened: () => void): void {
	new BenchServer(network, port, opened);
}
