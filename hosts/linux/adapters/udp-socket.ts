import { EndpointTable } from "../../../src/core/endpoint-table";
import { ipFamily } from "../../../src/core/ip-address";
import { detailOf, netFailureOf } from "../../../src/ports/errno";
import { PEERS_MAX, type UdpOptions, type UdpPeer, type UdpSink, type UdpSocket } from "../../../src/ports/net";
import { codeOf } from "./error-code";
import { later } from "./later";
import { Udp, type UdpIo } from "./native-sockets";

/** A UDP socket that receives and sends without an allocation per datagram. @see UdpSocket */
export class LinuxUdpSocket implements UdpSocket {
	port = 0;
	private io: UdpIo | undefined;
	private closed = false;
	private readonly peers = new EndpointTable<UdpPeer>(PEERS_MAX, (address, port) => ({ address, port }));

	constructor(
		private readonly options: UdpOptions,
		private readonly sink: UdpSink,
	) {
		later(() => this.bind());
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
		this.io?.send(bytes, start, end, address, port);
	}

	close(): void {
		this.closed = true;
		this.io?.close();
		this.io = undefined;
		this.port = 0;
	}

	/** From the socket: a datagram. */
	datagram(bytes: Uint8Array, address: string, port: number): void {
		if (!this.closed) this.sink.received(bytes, this.peers.get(address, port));
	}

	/** From the socket: it is dead. */
	lost(code: string): void {
		if (!this.closed) this.sink.failed("failed", code);
	}

	private bind(): void {
		if (this.closed) return;
		const { address, port, reuse = false, path, groups = [], broadcast = false, multicastTtl = 1 } = this.options;
		try {
			const io = new Udp({
				...(address !== undefined && { address }),
				...(path !== undefined && { path: path.address }),
				...(groups.length > 0 && { groups: groups.join(" ") }),
				port,
				reuse: reuse ? 1 : 0,
				broadcast: broadcast ? 1 : 0,
				multicastTtl,
				target: this,
				onDatagram,
				onError,
			});
			this.io = io;
			this.port = io.port;
		} catch (error) {
			this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
			return;
		}
		this.sink.opened();
	}
}

function onDatagram(this: UdpIo, bytes: Uint8Array, address: string, port: number): void {
	(this.target as LinuxUdpSocket).datagram(bytes, address, port);
}

function onError(this: UdpIo, code: string): void {
	(this.target as LinuxUdpSocket).lost(code);
}
