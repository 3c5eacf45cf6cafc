import { VIA_SOCKET, VIA_SPREAD, type Via } from "../../peer/checks/checks-contract";
import type { Network, UdpPeer, UdpSink, UdpSocket } from "../../ports/net";

/** Takes what additional sockets receive. @see UdpSink.received */
export type SpreadReceiver = (via: Via, bytes: Uint8Array, peer: UdpPeer) => void;

/**
 * Additional sockets of IPv4 of one link, so that a NAT that maps ports per destination makes as many mappings (birthday probing). They
 * are opened only then, and all but the one that is of use are closed soon.
 */
export class SpreadSockets {
	private readonly sockets: (SpreadSocket | undefined)[] = [];

	/** @param most how many the host has to spare */
	constructor(
		private readonly network: Network,
		private readonly most: number,
		private readonly receiver: SpreadReceiver,
	) {}

	/** Opens up to `count` sockets. @returns how many there are */
	open(count: number): number {
		const most = Math.min(count, this.most);
		for (let i = 0; i < most; i++) this.sockets[i] ??= new SpreadSocket(this.network, VIA_SPREAD + i, this.receiver);
		return most;
	}

	/** Sends by one of the sockets. */
	send(via: Via, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.sockets[via - VIA_SPREAD]?.send(address, port, bytes, start, end);
	}

	/** Closes all but one; with {@link VIA_SOCKET} all. */
	keep(via: Via): void {
		for (let i = 0; i < this.sockets.length; i++) {
			if (VIA_SPREAD + i === via) continue;
			this.sockets[i]?.close();
			this.sockets[i] = undefined;
		}
	}

	/** Closes all. */
	close(): void {
		this.keep(VIA_SOCKET);
	}
}

class SpreadSocket implements UdpSink {
	private readonly socket: UdpSocket;
	private isClosed = false;

	constructor(
		network: Network,
		private readonly via: Via,
		private readonly receiver: SpreadReceiver,
	) {
		this.socket = network.udp({ address: "0.0.0.0", port: 0 }, this);
	}

	opened(): void {}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		if (!this.isClosed) this.receiver(this.via, bytes, peer);
	}

	/** The system has no more: one fewer. */
	failed(): void {
		this.close();
	}

	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (!this.isClosed) this.socket.send(bytes, start, end, address, port);
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.socket.close();
	}
}
