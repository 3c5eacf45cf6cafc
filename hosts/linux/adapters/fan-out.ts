import FanOut, { type NativeReceiver } from "porthole:fan-out";
import type { Lease, StreamOutbox } from "../../../src/core/stream";
import type { Octets } from "../../../src/core/time";
import { LoopFanOut } from "../../../src/ports/fan-out";
import type { FanOutGroup, FanOutReceiver, RtpNumbers, UdpPeer, UdpSocket } from "../../../src/ports/net";
import type { LinuxPeer, TcpSocket } from "./native-sockets";
import { LinuxStream } from "./stream";
import type { LinuxUdpSocket } from "./udp-socket";

/** A receiver that the native group sends to. */
class LinuxReceiver implements FanOutReceiver {
	private held = false;

	constructor(readonly io: NativeReceiver) {}

	get hold(): boolean {
		return this.held;
	}

	set hold(on: boolean) {
		if (on === this.held) return;
		this.held = on;
		this.io.hold(on ? 1 : 0);
	}

	get delivered(): number {
		return this.io.delivered;
	}

	get missed(): number {
		return this.io.missed;
	}

	get octets(): Octets {
		return this.io.octets;
	}

	get packets(): number {
		return this.io.packets;
	}

	get wire(): Octets {
		return this.io.wire;
	}

	get sequence(): number {
		return this.io.sequence;
	}

	get last(): number {
		return this.io.last;
	}
}

/**
 * A group that sends in C (native/class-fan-out.c): one call per frame, and one more for each receiver that took a part.
 * Outboxes that are not sockets of this host are called one by one. @see FanOutGroup
 */
export class LinuxFanOut implements FanOutGroup {
	private readonly io = new FanOut();
	private readonly others = new LoopFanOut();

	get size(): number {
		return this.io.size + this.others.size;
	}

	get sends(): number {
		return this.io.sends;
	}

	get delivered(): number {
		return this.io.delivered + this.others.delivered;
	}

	get missed(): number {
		return this.io.missed + this.others.missed;
	}

	addStream(out: StreamOutbox): FanOutReceiver {
		const socket = out instanceof LinuxStream ? out.socket : undefined;
		return socket === undefined ? this.others.addStream(out) : new LinuxReceiver(this.io.addStream(socket));
	}

	addPeer(socket: UdpSocket, peer: UdpPeer, numbers?: RtpNumbers): FanOutReceiver {
		const { io } = socket as LinuxUdpSocket;
		if (io === undefined) return this.others.addPeer(socket, peer, numbers);
		const { ssrc = 0, sequence = -1 } = numbers ?? {};
		return new LinuxReceiver(this.io.addPeer(io, (peer as LinuxPeer).name, ssrc, sequence));
	}

	remove(receiver: FanOutReceiver): void {
		if (receiver instanceof LinuxReceiver) this.io.remove(receiver.io);
		else this.others.remove(receiver);
	}

	send(bytes: Uint8Array, start: number, end: number, lease?: Lease): number {
		const took = this.io.send(bytes, start, end);
		this.queueRests(bytes, start, end, lease);
		return took + this.others.send(bytes, start, end, lease);
	}

	sendBatch(bytes: Uint8Array, offsets: Uint32Array, count: number, lease?: Lease): number {
		const took = this.io.sendBatch(bytes, offsets, count);
		this.queueRests(bytes, offsets[0], offsets[count], lease);
		return took + this.others.sendBatch(bytes, offsets, count, lease);
	}

	private queueRests(bytes: Uint8Array, start: number, end: number, lease: Lease | undefined): void {
		for (let socket = this.io.takePartial(); socket !== undefined; socket = this.io.takePartial()) {
			((socket as TcpSocket).target as LinuxStream).queueRest(bytes, start + this.io.sent, end, lease);
		}
	}
}
