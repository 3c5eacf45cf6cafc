import { nextPause } from "../../core/backoff";
import type { Endpoint } from "../../core/endpoint-table";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { NetFailure, UdpOptions, UdpPeer, UdpSink, UdpSocket } from "../../ports/net";
import type { Node } from "../node";

/** The pauses before a socket that could not be bound is tried again. */
const RETRY: Millis = 5000;
const RETRY_MAX: Millis = 80_000;

/** A UDP socket of a server, which opens itself again after a failure. */
export class ServerSocket implements UdpSink {
	deadline: Millis = Infinity;
	/** Why it is not open, for people; empty: it is, or is about to be. */
	fault = "";
	private readonly handle: Handle<ServerSocket, undefined>;
	private socket: UdpSocket | undefined;
	private pause: Millis = 0;
	private isClosed = false;

	/** @param taker takes datagrams; answers leave by {@link reply} */
	constructor(
		private readonly node: Node,
		private readonly options: UdpOptions,
		private readonly taker: (bytes: Uint8Array, peer: UdpPeer) => void,
		private readonly failedFirst: (why: NetFailure, detail: string) => void,
	) {
		this.handle = node.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		this.deadline = Infinity;
		this.socket = this.node.host.network.udp(this.options, this);
	}

	opened(): void {
		this.fault = "";
		this.pause = 0;
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		this.taker(bytes, peer);
	}

	failed(why: NetFailure, detail: string): void {
		this.socket?.close();
		this.socket = undefined;
		if (this.isClosed) return;
		if (this.fault === "") this.failedFirst(why, detail);
		this.fault = `${why}: ${detail}`;
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.deadline = this.node.now + this.pause;
		this.handle.called();
	}

	/** Answers a datagram. @param peer who has sent it to this socket */
	reply(peer: UdpPeer, bytes: Uint8Array, start: number, end: number): void {
		this.socket?.sendTo(peer, bytes, start, end);
	}

	/** Sends to an address. */
	send({ address, port }: Endpoint, bytes: Uint8Array, start: number, end: number): void {
		this.socket?.send(bytes, start, end, address, port);
	}

	close(): void {
		this.isClosed = true;
		this.handle.remove();
		this.socket?.close();
	}
}
