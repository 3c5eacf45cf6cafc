import { EndpointTable } from "../../src/core/endpoint-table";
import { ipFamily } from "../../src/core/ip-address";
import { PEERS_MAX, type UdpOptions, type UdpPeer, type UdpSink, type UdpSocket } from "../../src/ports/net";
import { type SdkUdpIo, Timer, Udp } from "./sdk-classes";

/** The most datagrams taken in one turn; the rest waits for the next. */
const BATCH = 16;

/**
 * A UDP socket of the Moddable SDK. @see UdpSocket
 *
 * It receives on all interfaces, regardless of its options, and can't share its port. Where the socket has no multicast
 * (the SDK on a PC) it receives none, and broadcasts that the system refuses are lost. It can't be bound to an address:
 * the system chooses the source address, and a sealed fleet accepts messages only if that is the path's address.
 */
export class SdkUdpSocket implements UdpSocket {
	port = 0;
	private raw: SdkUdpIo | undefined;
	private readonly peers = new EndpointTable<UdpPeer>(PEERS_MAX, (address, port) => ({ address, port }));

	constructor(
		options: UdpOptions,
		private readonly sink: UdpSink,
	) {
		try {
			const socket = new Udp({
				port: options.port,
				...(options.multicastTtl !== undefined && { timeToLive: options.multicastTtl }),
				onReadable: (count: number) => this.readable(count),
			});
			this.raw = socket;
			for (const group of options.groups ?? []) socket.add?.(group);
			this.port = options.port;
			Timer.set(() => this.opened(), 0);
		} catch (error) {
			this.close();
			Timer.set(() => sink.failed("in-use", `port ${options.port}: ${(error as Error).message}`), 0);
		}
	}

	peer(address: string, port: number): UdpPeer | undefined {
		return ipFamily(address) === 4 && port > 0 && port <= 65535 ? this.peers.get(address, port) : undefined;
	}

	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.send(bytes, start, end, peer.address, peer.port);
	}

	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		for (let i = 0; i < count; i++) this.send(bytes, offsets[i], offsets[i + 1], peer.address, peer.port);
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		try {
			this.raw?.write(bytes.subarray(start, end), address, port);
		} catch {
			// A datagram that can't be sent is lost, as on the wire.
		}
	}

	close(): void {
		this.raw?.close();
		this.raw = undefined;
		this.port = 0;
	}

	private opened(): void {
		if (this.raw !== undefined) this.sink.opened();
	}

	private readable(count: number): void {
		for (let i = 0; i < count && i < BATCH && this.raw !== undefined; i++) {
			const datagram = this.raw.read();
			if (datagram === undefined) return;
			this.sink.received(new Uint8Array(datagram), this.peers.get(datagram.address, datagram.port));
		}
		// The rest is announced again only with the next datagram.
		if (count > BATCH) Timer.set(() => this.readable(count - BATCH), 0);
	}
}
