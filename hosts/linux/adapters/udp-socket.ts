import { ipFamily } from "../../../src/core/ip-address";
import { detailOf, netFailureOf } from "../../../src/ports/errno";
import type { UdpOptions, UdpPeer, UdpSink, UdpSocket } from "../../../src/ports/net";
import { NO_TRANSPARENT_UDP } from "../../../src/ports/transparent";
import { codeOf } from "./error-code";
import { later } from "./later";
import { LinuxPeer, Udp, type UdpIo } from "./native-sockets";

/** A UDP socket that receives and sends without an allocation per datagram. @see UdpSocket */
export class LinuxUdpSocket implements UdpSocket {
	port = 0;
	/** The native socket; absent when it could not be opened, or is closed. */
	io: UdpIo | undefined;
	/** Absent from {@link close} on. */
	private sink: UdpSink | undefined;

	constructor(options: UdpOptions, sink: UdpSink) {
		this.sink = sink;
		const { address, port, reuse = false, path, groups = [], broadcast = false, multicastTtl = 1 } = options;
		const { transparent = false } = options;
		try {
			for (const group of groups) if (ipFamily(group) === undefined) throw new Error(`EADDRNOTAVAIL: ${group}`);
			this.io = new Udp({
				...(address !== undefined && { address }),
				...(path !== undefined && { path: path.address }),
				...(groups.length > 0 && { groups: groups.join(" ") }),
				port,
				reuse: reuse ? 1 : 0,
				broadcast: broadcast ? 1 : 0,
				multicastTtl,
				...(transparent && { transparent: 1 }),
				target: this,
				onPeer,
				onDatagram,
				onError,
			});
		} catch (error) {
			later(() => {
				const why = netFailureOf(codeOf(error));
				const lacksRight = transparent && why === "not-permitted";
				this.sink?.failed(why, lacksRight ? `${NO_TRANSPARENT_UDP}: it needs CAP_NET_ADMIN` : detailOf(error));
			});
			return;
		}
		later(() => this.open());
	}

	peer(address: string, port: number): UdpPeer | undefined {
		return this.io?.peer(address, port);
	}

	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.io?.sendTo((peer as LinuxPeer).name, bytes, start, end);
	}

	sendBatch(peer: UdpPeer, bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		this.io?.sendBatch((peer as LinuxPeer).name, bytes, offsets, count);
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		this.io?.send(bytes, start, end, address, port);
	}

	close(): void {
		this.sink = undefined;
		this.io?.close();
		this.io = undefined;
		this.port = 0;
	}

	/** From the socket: a datagram. */
	datagram(bytes: Uint8Array, peer: UdpPeer): void {
		// It may arrive before the turn in which the sink learns that the socket is open.
		if (this.port === 0) this.open();
		this.sink?.received(bytes, peer);
	}

	/** From the socket: it is dead. */
	lost(code: string): void {
		this.sink?.failed("failed", code);
	}

	private open(): void {
		if (this.port !== 0 || this.io === undefined) return;
		this.port = this.io.port;
		this.sink?.opened();
	}
}

function onPeer(this: UdpIo, address: string, port: number, name: ArrayBuffer): LinuxPeer {
	return new LinuxPeer(address, port, name);
}

function onDatagram(this: UdpIo, bytes: Uint8Array, peer: LinuxPeer): void {
	(this.target as LinuxUdpSocket).datagram(bytes, peer);
}

function onError(this: UdpIo, code: string): void {
	(this.target as LinuxUdpSocket).lost(code);
}
