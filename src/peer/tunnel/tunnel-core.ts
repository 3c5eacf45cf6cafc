import type { Millis } from "../../core/time";
import { Timers } from "../../core/timers";
import { TAG_OCTETS } from "../../ports/ciphers";
import type { Stream, StreamSink } from "../../ports/net";
import { Acknowledger } from "./acknowledger";
import { Flight, type PacketPart } from "./flight";
import { MediaRepairs } from "./media-repairs";
import type { PacketBox } from "./packet-box";
import {
	ACK,
	CLOSE,
	DATA_HEADER,
	FrameReader,
	LAST,
	MEDIA,
	OPEN,
	PacketWriter,
	PING,
	RESET,
	STREAM,
	WINDOW,
} from "./packet-format";
import { RateControl } from "./rate-control";
import { SharedRoom } from "./receive-buffer";
import { StreamTable } from "./stream-table";
import type { TunnelCounters, TunnelService } from "./tunnel-contract";
import type { TunnelLimits } from "./tunnel-limits";
import { type StreamTunnel, serviceOf, type TunnelStream } from "./tunnel-stream";

const ACKNOWLEDGE = 0;
const PACE = 1;
const FLIGHT = 2;
const MEDIA_DUE = 3;
const TIMERS = 4;

/** What a packet has. */
const NOTHING = 0;
const FRAMES = 1;
const LOST_MEDIA = 2;
const NEW_MEDIA = 3;
const PROBE = 4;

/** @see TunnelLimits.held */
const CALLER_SHARE = 4;
/** How often users may write more from within `room` before others get their turn. */
const ROUNDS = 8;

/** What a {@link TunnelCore} may do. */
export interface CoreOutbox {
	/** Sends a packet to the other side. */
	send(bytes: Uint8Array, start: number, end: number): void;
	/** The other side opens a stream. @see TunnelSink.accepted */
	accepted(service: TunnelService, stream: Stream): StreamSink | undefined;
	/** Something is to be sent or told: {@link TunnelCore.settle} is to be called after the current call. */
	touch(): void;
	/** The other side has closed the tunnel. */
	closed(): void;
}

/**
 * What runs over an encrypted path: hands the frames of packets to the streams, and decides what goes into the next packet. First come
 * messages of RTSP and what is owed, then media that are repeated, then new media and other streams in turn.
 */
export class TunnelCore implements StreamTunnel, PacketPart {
	readonly streams: StreamTable;
	/** @see StreamTunnel */
	readonly held: SharedRoom;
	remoteAddress = "";
	remotePort = 0;
	/** Packets that were malformed, forged or repeated. */
	dropped = 0;
	private readonly timers = new Timers(TIMERS);
	private readonly rate = new RateControl();
	private readonly flight: Flight;
	private readonly repairs: MediaRepairs;
	private readonly writer = new PacketWriter();
	private readonly reader = new FrameReader();
	private received = 0;
	private repeated = 0;
	private readonly acknowledger: Acknowledger;
	/** True when a packet must leave, to hear whether the path works. */
	private owesPing = false;
	/** Whether the last packet of those that take turns had media; the stream that has something for the next packet. */
	private wasMedia = false;
	private stream: TunnelStream | undefined;

	/** @param isCaller whether this side has asked for the tunnel */
	constructor(
		private readonly box: PacketBox,
		private readonly out: CoreOutbox,
		readonly limits: TunnelLimits,
		isCaller: boolean,
	) {
		this.acknowledger = new Acknowledger(box.seen);
		this.flight = new Flight(limits.flight, this.rate);
		this.repairs = new MediaRepairs(limits.repairs);
		this.held = new SharedRoom(limits.held * (isCaller ? CALLER_SHARE : 1));
		this.streams = new StreamTable(this, isCaller);
	}

	/** When {@link expire} must be called next. */
	get deadline(): Millis {
		return this.timers.deadline;
	}

	/** A copy of the counters. */
	get counters(): TunnelCounters {
		const { received, dropped, rate, repairs, streams } = this;
		return {
			sent: this.box.next,
			received,
			dropped,
			repeated: this.repeated + repairs.repeated,
			lost: streams.lost,
			roundTrip: Math.round(rate.roundTrip),
			rate: Math.round(rate.bitRate),
		};
	}

	touch(): void {
		this.out.touch();
	}

	/** Sends a packet soon, even if there is nothing to say. */
	ping(): void {
		this.owesPing = true;
	}

	/** Another path is used. */
	restart(now: Millis): void {
		this.rate.restart(now);
		this.flight.restart(now);
		this.owesPing = true;
		this.acknowledger.repeat();
		this.settle(now);
	}

	/** A packet was opened: reads its frames. {@link settle} must follow. */
	packet(now: Millis, packet: Uint8Array): void {
		const { seen, number } = this.box;
		this.received++;
		const isInOrder = this.acknowledger.came(now, number);
		const frames = this.reader.begin(packet, DATA_HEADER, packet.length - TAG_OCTETS);
		let mustAcknowledge = false;
		while (frames.next()) {
			if (frames.type === ACK) this.acknowledgement(now);
			else if (frames.type === CLOSE) {
				this.out.closed();
				return;
			} else {
				mustAcknowledge = true;
				// What can't be kept counts as lost, so the other side sends it again.
				if (!this.frame(now)) seen.remove(number);
			}
		}
		if (frames.isMalformed) this.dropped++;
		if (!mustAcknowledge) return;
		this.acknowledger.owe(now, isInOrder);
		this.timers.set(ACKNOWLEDGE, this.acknowledger.deadline);
	}

	/** Handles what is due. {@link settle} is part of it. */
	expire(now: Millis): void {
		if (this.timers.at(MEDIA_DUE) <= now) this.streams.expire(now);
		if (this.timers.at(FLIGHT) <= now && this.flight.expire(now)) this.owesPing = true;
		this.settle(now);
	}

	/** Delivers the streams' pending events, sends what may be sent now, and sets the timers. */
	settle(now: Millis): void {
		for (let round = 0; round < ROUNDS; round++) {
			this.streams.tell();
			const before = this.box.next;
			if (this.box.isReady) this.transmit(now);
			// What has left makes room, which users are told.
			if (this.box.next === before) break;
			if (round === ROUNDS - 1) this.touch();
		}
		this.timers.set(FLIGHT, this.flight.deadline);
		this.timers.set(MEDIA_DUE, this.streams.deadline);
	}

	/** Tells the other side that the tunnel is closed. */
	sendClose(): void {
		if (!this.box.isReady) return;
		this.box.begin(this.writer);
		this.writer.u8(CLOSE);
		this.send();
	}

	/** Lets everything go; the streams were ended. */
	close(): void {
		this.repairs.clear();
		this.timers.clearAll();
	}

	/** A packet without content has arrived. @see PacketPart */
	arrived(): void {}

	missed(): void {}

	private acknowledgement(now: Millis): void {
		const { offset, low, high, code } = this.reader;
		if (offset < this.box.next) this.flight.acknowledge(now, offset, low, high, code);
		else this.dropped++;
	}

	private frame(now: Millis): boolean {
		const { reader } = this;
		if (reader.type === PING) return true;
		if (reader.type === OPEN) return this.opened();
		const stream = this.streams.get(reader.id);
		if (stream === undefined) return true;
		if (reader.type === WINDOW) stream.onWindow(reader.offset);
		else if (reader.type === RESET) stream.onReset(reader.code);
		else if (reader.type === MEDIA) return stream.onContent(now, reader, true);
		else if (reader.type === STREAM || reader.type === LAST) return stream.onContent(now, reader, false);
		return true;
	}

	private opened(): boolean {
		const { id, code, offset } = this.reader;
		const { streams, limits } = this;
		const service = serviceOf(code) ?? "http";
		// Refused streams take a place until the other side knows.
		if (streams.size >= 2 * limits.streams) return false;
		const isTooMany = streams.size >= limits.streams || serviceOf(code) === undefined;
		const stream = streams.take(id, service);
		if (stream === undefined) return true;
		const sink = isTooMany ? undefined : this.out.accepted(service, stream);
		if (sink === undefined) stream.refuse();
		else stream.accept(sink, offset);
		return true;
	}

	private transmit(now: Millis): void {
		this.timers.clear(PACE);
		for (let choice = this.choose(now); choice !== NOTHING; choice = this.choose(now)) {
			if (!this.owesPing) {
				const wait = this.flight.hasRoom(this.box.next) ? this.rate.wait(now) : Infinity;
				if (wait > 0) {
					this.timers.set(PACE, now + wait);
					break;
				}
			}
			this.owesPing = false;
			this.sendChoice(now, choice);
		}
		if (this.acknowledger.deadline <= now) this.sendAcknowledgement(now);
	}

	/** Chooses what the next packet has, and of which {@link stream}. */
	private choose(now: Millis): number {
		const { streams, wasMedia } = this;
		this.stream = streams.find(isUrgent);
		if (this.stream !== undefined) return FRAMES;
		if (this.repairs.hasLost(now)) return LOST_MEDIA;
		if (!wasMedia) this.stream = streams.find(hasMedia);
		if (this.stream !== undefined) return NEW_MEDIA;
		this.stream = streams.find(hasOctets);
		if (this.stream !== undefined) return FRAMES;
		if (wasMedia) this.stream = streams.find(hasMedia);
		if (this.stream !== undefined) return NEW_MEDIA;
		return this.owesPing ? PROBE : NOTHING;
	}

	private sendChoice(now: Millis, choice: number): void {
		const { box, writer, repairs, stream } = this;
		box.begin(writer);
		if (this.acknowledger.isOwed) this.writeAcknowledgement(now);
		if (choice === FRAMES && stream !== undefined) {
			if (stream.writeFrames(writer)) this.repeated++;
			this.note(now, stream, stream.what, stream.offset, stream.length);
			this.wasMedia = false;
		} else if (choice === NEW_MEDIA && stream?.media !== undefined) {
			repairs.write(now, writer, stream.media, stream.messagesSent);
			this.note(now, repairs, 0, repairs.number, 0);
			this.wasMedia = true;
		} else if (choice === LOST_MEDIA) {
			repairs.writeLost(writer);
			this.note(now, repairs, 0, repairs.number, 0);
		} else {
			writer.u8(PING);
			this.note(now, this, 0, 0, 0);
		}
	}

	/** Sends the packet and remembers what is in it. */
	private note(now: Millis, part: PacketPart, what: number, offset: number, length: number): void {
		this.flight.add(now, this.box.next, this.writer.at - this.writer.start + TAG_OCTETS, part, what, offset, length);
		this.send();
	}

	private sendAcknowledgement(now: Millis): void {
		this.box.begin(this.writer);
		this.writeAcknowledgement(now);
		this.send();
	}

	private writeAcknowledgement(now: Millis): void {
		this.acknowledger.write(now, this.writer);
		this.timers.clear(ACKNOWLEDGE);
	}

	private send(): void {
		const end = this.box.seal(this.writer);
		this.out.send(this.writer.bytes, this.writer.start, end);
	}
}

function isUrgent(stream: TunnelStream): boolean {
	return stream.isUrgent;
}

function hasMedia(stream: TunnelStream): boolean {
	return stream.hasMedia;
}

function hasOctets(stream: TunnelStream): boolean {
	return stream.hasOctets;
}
