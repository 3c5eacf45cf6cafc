import type { Millis, Octets } from "../../core/time";
import type { PacketPart } from "./flight";
import { OctetQueue } from "./octet-queue";
import { MEDIA, NO_START, type PacketWriter, UNIT_MAX } from "./packet-format";

/** How long lost media are of use; the other side then goes on without them. */
export const MEDIA_LIFE: Millis = 250;
/** `$`, the channel, the length. */
const FRAME_HEAD = 4;

/** Media of one RTSP stream that wait to be sent: whole interleaved frames, or the beginning of one. */
export class MediaQueue {
	readonly queue = new OctetQueue();
	/** Octets of a frame whose beginning was sent already. */
	frameLeft: Octets = 0;
	/** The number of the next packet. */
	sequence = 0;

	/** @param id the number of the stream */
	constructor(readonly id: number) {}

	/** True when a packet can be made. */
	get isReady(): boolean {
		return this.queue.length > (this.frameLeft > 0 ? 0 : FRAME_HEAD - 1);
	}
}

interface Unit {
	/** The number among all units; -1: nothing to repair. */
	number: number;
	id: number;
	sequence: number;
	first: number;
	position: number;
	length: Octets;
	readonly bytes: Uint8Array;
	sentAt: Millis;
}

/**
 * Cuts media into packets, and keeps the last ones to send them again while that is of use. A packet holds as much of the frames as fits:
 * the end of one, whole ones, the beginning of the next; it says where the first one begins, so that the other side finds its way after a loss.
 */
export class MediaRepairs implements PacketPart {
	/** Packets that were sent again. */
	repeated = 0;
	/** The unit that the last {@link write} or {@link writeLost} wrote. */
	number = 0;
	private readonly units: (Unit | undefined)[] = [];
	private readonly lost: number[] = [];
	private next = 0;

	/** @param size how many packets are kept; a power of two */
	constructor(private readonly size: number) {
		for (let i = 0; i < size; i++) this.units.push(undefined);
	}

	/** Writes the next packet of a stream. @param position how many octets of the stream's messages come before */
	write(now: Millis, into: PacketWriter, from: MediaQueue, position: number): void {
		const unit = this.take();
		const { queue } = from;
		const start = queue.start;
		const end = this.cut(from, UNIT_MAX, unit);
		unit.length = end - start;
		unit.id = from.id;
		unit.sequence = from.sequence;
		unit.position = position;
		unit.sentAt = now;
		from.sequence = (from.sequence + 1) >>> 0;
		queue.read(start, end, unit.bytes, 0);
		queue.drop(end);
		this.put(into, unit);
	}

	/** Whether there is a packet that was lost and is still of use; {@link writeLost} then writes it. */
	hasLost(now: Millis): boolean {
		while (this.lost.length > 0) {
			const unit = this.units[this.lost[0] % this.size];
			if (unit?.number === this.lost[0] && now - unit.sentAt < MEDIA_LIFE) return true;
			this.lost.shift();
		}
		return false;
	}

	/** Writes the packet that {@link hasLost} has found. */
	writeLost(into: PacketWriter): void {
		const number = this.lost.shift() as number;
		this.repeated++;
		this.put(into, this.units[number % this.size] as Unit);
	}

	arrived(_what: number, number: number): void {
		const unit = this.units[number % this.size];
		if (unit?.number === number) unit.number = -1;
	}

	missed(now: Millis, _what: number, number: number): void {
		const unit = this.units[number % this.size];
		if (unit?.number === number && now - unit.sentAt < MEDIA_LIFE && this.lost.length < this.size)
			this.lost.push(number);
	}

	/** Lets everything go. */
	clear(): void {
		this.lost.length = 0;
		this.units.fill(undefined);
	}

	private take(): Unit {
		const at = this.next % this.size;
		const unit = this.units[at] ?? {
			number: -1,
			id: 0,
			sequence: 0,
			first: 0,
			position: 0,
			length: 0,
			bytes: new Uint8Array(UNIT_MAX),
			sentAt: 0,
		};
		this.units[at] = unit;
		unit.number = this.next++;
		return unit;
	}

	private put(into: PacketWriter, unit: Unit): void {
		this.number = unit.number;
		into.u8(MEDIA).u32(unit.id).u32(unit.sequence).u16(unit.first).u48(unit.position).u16(unit.length);
		into.octets(unit.bytes.subarray(0, unit.length));
	}

	/** Finds where the next packet ends, and where its first frame begins. */
	private cut(from: MediaQueue, most: Octets, unit: Unit): number {
		const { queue, frameLeft } = from;
		const { start } = queue;
		let end = Math.min(start + most, queue.end);
		let at = start + frameLeft;
		while (at < end) {
			if (at + FRAME_HEAD > queue.end) {
				// The length of this frame is not known yet: it begins the next packet.
				end = at;
				break;
			}
			at += FRAME_HEAD + ((queue.octet(at + 2) << 8) | queue.octet(at + 3));
		}
		unit.first = frameLeft < end - start ? frameLeft : NO_START;
		from.frameLeft = at - end;
		return end;
	}
}
