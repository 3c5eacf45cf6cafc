import { detailOf, netFailureOf } from "../../src/ports/errno";
import type { UdpOptions, UdpSink, UdpSocket } from "../../src/ports/net";
import { Udp, type UdpIo } from "./ecma-419";
import { codeOf } from "./error-code";
import { later } from "./later";

/**
 * A UDP socket on an ECMA-419 one. @see UdpSocket
 *
 * hosts/linux receives and sends without an allocation a datagram. On the SDK's sockets addresses to bind to and
 * interfaces are not to be had, and groups only where the socket has `add`.
 */
export class XsUdpSocket implements UdpSocket {
	port = 0;
	private io: UdpIo | undefined;
	private closed = false;

	constructor(
		private readonly options: UdpOptions,
		private readonly sink: UdpSink,
	) {
		later(() => this.bind());
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		const { io } = this;
		if (io === undefined) return;
		if (io.send !== undefined) {
			io.send(bytes, start, end, address, port);
			return;
		}
		if (!(port > 0 && port <= 65535)) return;
		try {
			io.write(bytes.subarray(start, end), address, port);
		} catch {
			// A datagram that can't be sent is lost, as on the wire.
		}
	}

	close(): void {
		this.closed = true;
		this.io?.close();
		this.io = undefined;
	}

	/** From the socket: a datagram. */
	datagram(bytes: Uint8Array, address: string, port: number): void {
		if (!this.closed) this.sink.received(bytes, address, port);
	}

	/** From a socket without `onDatagram`: some datagrams are to be read. */
	readable(count: number): void {
		for (let i = 0; i < count && this.io !== undefined; i++) {
			const buffer = this.io.read();
			if (buffer === undefined) return;
			this.datagram(new Uint8Array(buffer), buffer.address, buffer.port);
		}
	}

	/** From the socket: it is dead. */
	lost(code: string | undefined): void {
		if (this.closed) return;
		this.sink.failed("failed", code ?? "the socket is lost");
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
				onReadable,
				onDatagram,
				onError,
			});
			this.io = io;
			if (io.add !== undefined) for (const group of groups) io.add(group);
			this.port = io.port ?? port;
		} catch (error) {
			this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
			return;
		}
		this.sink.opened();
	}
}

function onReadable(this: UdpIo, count: number): void {
	(this.target as XsUdpSocket).readable(count);
}

function onDatagram(this: UdpIo, bytes: Uint8Array, address: string, port: number): void {
	(this.target as XsUdpSocket).datagram(bytes, address, port);
}

function onError(this: UdpIo, code?: string): void {
	(this.target as XsUdpSocket).lost(code);
}
