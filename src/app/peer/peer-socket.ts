import { nextPause } from "../../core/backoff";
import type { IpFamily } from "../../core/ip-address";
import type { Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Log } from "../../ports/log";
import type { NetFailure, Network, UdpPeer, UdpSink, UdpSocket } from "../../ports/net";

/** The pauses before a socket that could not be bound is tried again. */
const RETRY: Millis = 5000;
const RETRY_MAX: Millis = 80_000;
/** How many datagrams wait until a socket is open. */
const EARLY_MAX = 8;

/** Takes what the socket receives. */
export interface PeerSocketSink {
	/** The socket of a family can send now. */
	opened(family: IpFamily): void;
	/** A datagram arrived. @param bytes valid during the call only, and may be changed in place @see UdpSink.received */
	received(bytes: Uint8Array, peer: UdpPeer): void;
}

/**
 * The one UDP socket of an endpoint: one of IPv4 and, where the host has addresses, one of IPv6, both at any address and at the same
 * port. Requests to servers, keep-alives, checks and tunnels all leave from it, as the public address of another socket would be
 * another one (P2P-16).
 */
export class PeerSocket {
	private readonly four: FamilySocket;
	private six: FamilySocket | undefined;

	/**
	 * @param port the local port; while it is in use, another one is taken
	 * @param area for the log
	 */
	constructor(
		private readonly network: Network,
		private readonly pump: Pump,
		private readonly log: Log,
		private readonly area: string,
		private readonly port: number,
		private readonly sink: PeerSocketSink,
	) {
		this.four = this.make(4);
	}

	/** Opens the socket of IPv6 if the host has addresses of it now. To be called when its addresses have changed. */
	setIpv6(on: boolean): void {
		if (on) this.six ??= this.make(6);
		else {
			this.six?.close();
			this.six = undefined;
		}
	}

	/** The local port of a family; 0: it can't send. */
	portOf(family: IpFamily): number {
		return (family === 4 ? this.four : this.six)?.port ?? 0;
	}

	/** Returns a handle for an address and a port; `undefined`: malformed, or a family that this host doesn't have. */
	peer(address: string, port: number): UdpPeer | undefined {
		return this.of(address)?.socket?.peer(address, port);
	}

	/** Sends `bytes[start, end)` to a peer. */
	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.of(peer.address)?.sendTo(peer, bytes, start, end);
	}

	/** Sends `bytes[start, end)` to an address that needs no handle. */
	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		this.of(address)?.send(address, port, bytes, start, end);
	}

	/** Closes all; harmless when repeated. */
	close(): void {
		this.four.close();
		this.setIpv6(false);
	}

	private of(address: string): FamilySocket | undefined {
		return address.includes(":") ? this.six : this.four;
	}

	private make(family: IpFamily): FamilySocket {
		return new FamilySocket(this.network, this.pump, this.log, this.area, this.port, family, this.sink);
	}
}

/** The socket of one family; as a machine of the pump it opens itself again after a failure. */
class FamilySocket implements UdpSink {
	deadline = Infinity;
	socket: UdpSocket | undefined;
	private readonly handle: Handle<FamilySocket, undefined>;
	private isOpen = false;
	private isClosed = false;
	/** What is to be sent once the socket is open: a repetition would take a third of a second. */
	private readonly early: { readonly address: string; readonly port: number; readonly bytes: Uint8Array }[] = [];
	private pause: Millis = 0;
	private fault = "";
	/** The port to bind; 0 once the wanted one was in use. */
	private wanted: number;

	constructor(
		private readonly network: Network,
		private readonly pump: Pump,
		private readonly log: Log,
		private readonly area: string,
		port: number,
		private readonly family: IpFamily,
		private readonly sink: PeerSocketSink,
	) {
		this.wanted = port;
		this.handle = pump.add(this, undefined);
		this.expire();
	}

	get port(): number {
		return this.isOpen ? (this.socket?.port ?? 0) : 0;
	}

	expire(): void {
		this.deadline = Infinity;
		this.socket = this.network.udp({ address: this.family === 6 ? "::" : "0.0.0.0", port: this.wanted }, this);
	}

	opened(): void {
		if (this.isClosed) return;
		this.isOpen = true;
		this.pause = 0;
		this.fault = "";
		for (const { address, port, bytes } of this.early.splice(0)) this.send(address, port, bytes, 0, bytes.length);
		this.sink.opened(this.family);
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		if (!this.isClosed) this.sink.received(bytes, peer);
	}

	failed(why: NetFailure, detail: string): void {
		const fault = `UDP socket for peer to peer (IPv${this.family}): ${why}: ${detail}; trying again`;
		if (fault !== this.fault) this.log.write("warn", this.area, fault);
		this.fault = fault;
		this.socket?.close();
		this.socket = undefined;
		this.isOpen = false;
		if (why === "in-use") this.wanted = 0;
		this.pause = why === "in-use" ? 1 : nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = this.pump.now() + this.pause;
		this.handle.called();
	}

	sendTo(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		if (this.isOpen) this.socket?.sendTo(peer, bytes, start, end);
	}

	send(address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		if (this.isOpen) this.socket?.send(bytes, start, end, address, port);
		else if (this.early.length < EARLY_MAX && this.fault === "")
			this.early.push({ address, port, bytes: bytes.slice(start, end) });
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.isOpen = false;
		this.handle.remove();
		this.socket?.close();
	}
}
