import type { Lease, StreamOutbox } from "../core/stream";
import type { Octets } from "../core/time";
import type { FanOutGroup, FanOutReceiver, RtpNumbers, UdpPeer, UdpSocket } from "./net";

/** An RTP header without contributing sources. @see RFC 3550 §5.1 */
const RTP_HEADER: Octets = 12;

/** One receiver: a stream, or a peer of a UDP socket. */
class LoopReceiver implements FanOutReceiver {
	hold = false;
	delivered = 0;
	missed = 0;
	octets: Octets = 0;
	packets = 0;
	last = 0;
	sequence: number;
	private readonly ssrc: number;
	/** True: each packet gets the SSRC and the next sequence number. */
	private readonly isNumbered: boolean;
	/** Its index in the group; -1 after it was removed. */
	place = -1;

	constructor(
		readonly stream: StreamOutbox | undefined,
		readonly socket: UdpSocket | undefined,
		readonly peer: UdpPeer | undefined,
		numbers: RtpNumbers | undefined,
	) {
		this.isNumbered = numbers !== undefined;
		this.ssrc = numbers?.ssrc ?? 0;
		this.sequence = numbers?.sequence ?? 0;
	}

	/** Writes its numbers into the headers of packets that are about to be sent; anything shorter than a header stays as it is. */
	number(bytes: Uint8Array, offsets: Uint32Array, count: number): void {
		if (!this.isNumbered) return;
		const { ssrc } = this;
		let { sequence } = this;
		for (let i = 0; i < count; i++) {
			const at = offsets[i];
			if (offsets[i + 1] - at < RTP_HEADER) continue;
			bytes[at + 2] = sequence >> 8;
			bytes[at + 3] = sequence;
			bytes[at + 8] = ssrc >>> 24;
			bytes[at + 9] = ssrc >>> 16;
			bytes[at + 10] = ssrc >>> 8;
			bytes[at + 11] = ssrc;
			sequence = (sequence + 1) & 0xffff;
		}
		this.sequence = sequence;
	}
}

/**
 * Implements a fan-out group by a loop, for hosts whose sockets are called from JavaScript anyway. @see FanOutGroup
 *
 * Nothing is allocated per frame. UDP sockets copy what they can't send at once, so only streams retain a lease.
 */
export class LoopFanOut implements FanOutGroup {
	sends = 0;
	delivered = 0;
	missed = 0;
	private readonly receivers: LoopReceiver[] = [];
	private readonly whole = new Uint32Array(2);

	get size(): number {
		return this.receivers.length;
	}

	addStream(out: StreamOutbox): FanOutReceiver {
		return this.add(new LoopReceiver(out, undefined, undefined, undefined));
	}

	addPeer(socket: UdpSocket, peer: UdpPeer, numbers?: RtpNumbers): FanOutReceiver {
		return this.add(new LoopReceiver(undefined, socket, peer, numbers));
	}

	remove(receiver: FanOutReceiver): void {
		const { place } = receiver as LoopReceiver;
		if (place < 0 || this.receivers[place] !== receiver) return;
		// The last receiver takes its place, so that removal takes constant time.
		const last = this.receivers.pop() as LoopReceiver;
		if (last !== receiver) {
			this.receivers[place] = last;
			last.place = place;
		}
		(receiver as LoopReceiver).place = -1;
	}

	send(bytes: Uint8Array, start: number, end: number, lease?: Lease): number {
		this.whole[0] = start;
		this.whole[1] = end;
		return this.sendBatch(bytes, this.whole, 1, lease);
	}

	sendBatch(bytes: Uint8Array, offsets: Uint32Array, count: number, lease?: Lease): number {
		const start = offsets[0];
		const end = offsets[count];
		const { receivers } = this;
		const number = ++this.sends;
		let took = 0;
		let missed = 0;
		for (let i = 0; i < receivers.length; i++) {
			const receiver = receivers[i];
			if (receiver.hold) continue;
			const { stream, socket } = receiver;
			if (stream !== undefined ? !stream.offer(bytes, start, end, lease) : socket!.port === 0) {
				receiver.missed++;
				missed++;
				continue;
			}
			if (stream === undefined) {
				receiver.number(bytes, offsets, count);
				if (count === 1) socket!.sendTo(receiver.peer!, bytes, start, end);
				else socket!.sendBatch(receiver.peer!, bytes, offsets, count);
			}
			receiver.delivered++;
			receiver.octets += end - start;
			receiver.packets += count;
			receiver.last = number;
			took++;
		}
		this.delivered += took;
		this.missed += missed;
		return took;
	}

	private add(receiver: LoopReceiver): FanOutReceiver {
		receiver.place = this.receivers.length;
		this.receivers.push(receiver);
		return receiver;
	}
}
