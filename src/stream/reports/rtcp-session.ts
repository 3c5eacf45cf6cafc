import { ByteWriter } from "../../base/byte-writer";
import type { Machine } from "../../core/machine";
import type { Millis, Octets } from "../../core/time";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { Random } from "../../ports/random";
import {
	type ReceptionReport,
	RtcpReader,
	type RtcpSink,
	SenderInfo,
	writeGoodbye,
	writeReceiverReport,
	writeSenderReport,
	writeSourceDescription,
} from "../../wire/rtcp";

/** The mean time between two reports. @see RFC 3550 §6.2 */
const INTERVAL: Millis = 5000;
/** The first report follows PLAY within these times, so that players know the wall-clock time soon. */
const FIRST_MIN: Millis = 100;
const FIRST_MAX: Millis = 500;
/** A longer round trip is not believed. */
const ROUND_TRIP_MAX: Millis = 60_000;
/** Nor is a longer jitter. */
const JITTER_MAX: Millis = 60_000;
/** More packets between two reports mean that the client began again. */
const EXPECTED_MAX = 0x20000;
/** The longest message: reports, description with the longest name, BYE. */
const MESSAGE_MAX: Octets = 320;

/** Sends a compound packet to the client: a media path, or channel 1 of a connection. */
export interface RtcpOutbox {
	/** Sends `bytes[start, end)`, which are the session's again when the call returns. */
	sendReport(bytes: Uint8Array, start: number, end: number): void;
}

/** What is sent to one client, as its reports tell it. */
export interface SentStream {
	/** The stream's own source (STR-21). */
	readonly ssrc: number;
	/** Packets since it was set up, and their octets with headers. */
	readonly packets: number;
	readonly octets: Octets;
	/** Octets before the payload in each of these packets: 12, and 4 more between RTSP messages. */
	readonly overhead: Octets;
	/** The RTP timestamp of an instant, 32 bits. */
	timestampAt(now: Millis): number;
}

/** The calendar; `Clock` is one. */
export interface Calendar {
	/** Milliseconds since 1970 UTC, or `undefined` while unknown. */
	utc(): Millis | undefined;
}

/** What all sessions of a server share. */
export class RtcpContext {
	readonly reader = new RtcpReader();
	/** The message that is being written. */
	readonly writer = new ByteWriter(MESSAGE_MAX);
	readonly info = new SenderInfo();
	/** Well-formed and malformed messages received. */
	received = 0;
	malformed = 0;
	/** What the message is that is being read, and when it came. */
	arrival: RtcpArrival = "alive";
	arrivedAt: Millis = 0;

	/** @param cname the canonical name of all streams: random characters that never tell an address (STR-19, RFC 7022) */
	constructor(
		readonly calendar: Calendar,
		readonly random: Random,
		readonly cname: string,
	) {}
}

/** How well a client receives, from its last report. */
export interface Reception {
	/** When it came; `-Infinity` before the first. */
	readonly at: Millis;
	/** The share of packets lost since the report before, 0 to 1. */
	readonly loss: number;
	/** Packets lost since the beginning; negative where duplicates came. */
	readonly lost: number;
	/** Packets that were due since the report before; 0 for the first report, and when none were. */
	readonly expected: number;
	/** The interarrival jitter. */
	readonly jitter: Millis;
	/** The time to the client and back; `undefined` until the client has answered a sender report. */
	readonly roundTrip: Millis | undefined;
	/** When the sender report of {@link roundTrip} left. */
	readonly probedAt: Millis;
}

/**
 * What a received packet was. `report`: it tells how the stream is received. `alive`: the client's, but about nothing of ours
 * (players begin so, even when no packet reaches them). `goodbye`: the client leaves.
 */
export type RtcpArrival = "report" | "alive" | "goodbye" | "malformed";

/**
 * The RTCP of one stream: sends sender reports with a description about every 5 s while it plays, and reads the client's reports.
 *
 * The owner calls {@link play} and {@link pause}, gives what arrives to {@link receive}, and ends with {@link end}. It is its
 * own record of the client's {@link Reception}.
 * @see RFC 3550 §6, STR-10
 */
export class RtcpSession implements Machine<RtcpOutbox>, RtcpSink, Reception {
	/** When {@link expire} must be called next; `Infinity` while it does not play. */
	deadline: Millis = Infinity;
	at: Millis = -Infinity;
	loss = 0;
	lost = 0;
	expected = 0;
	jitter: Millis = 0;
	roundTrip: Millis | undefined;
	probedAt: Millis = -Infinity;
	/** Reports sent. */
	sent = 0;
	/** Messages sent, and their octets, with the goodbye. */
	messages = 0;
	messageOctets: Octets = 0;
	/** The packets at the last reports: a sender is one that has sent since the report before the last. */
	private reportedPackets = 0;
	private idleReports = 0;
	/** The last two sender reports, for the round trip; their middle 32 bits of NTP time, 0 for none. */
	private lastMiddle = 0;
	private lastAt: Millis = 0;
	private beforeMiddle = 0;
	private beforeAt: Millis = 0;
	/** The client's own source, once a report has proved it; -1: not known. */
	private client = -1;
	/** The highest sequence number that was reported; -1: none. */
	private sequence = -1;

	constructor(
		private readonly stream: SentStream,
		private readonly context: RtcpContext,
	) {}

	/** The stream plays from now on: the first report follows soon. May be called again, for a new range. */
	play(now: Millis): void {
		this.deadline = now + FIRST_MIN + Math.floor(this.context.random.unit() * (FIRST_MAX - FIRST_MIN));
	}

	/** The stream pauses: no reports are sent. */
	pause(): void {
		this.deadline = Infinity;
	}

	expire(now: Millis, out: RtcpOutbox): void {
		if (now < this.deadline) return;
		this.deadline = now + Math.floor(INTERVAL * (0.5 + this.context.random.unit()));
		this.writeReport(now);
		this.send(out);
		this.sent++;
	}

	/** The stream ends: says goodbye, if it has ever reported (RFC 3550 §6.3.7). */
	end(now: Millis, out: RtcpOutbox): void {
		this.deadline = Infinity;
		if (this.sent === 0) return;
		this.writeReport(now);
		writeGoodbye(this.context.writer, this.stream.ssrc);
		this.send(out);
		this.sent = 0;
	}

	private send(out: RtcpOutbox): void {
		const { writer } = this.context;
		this.messages++;
		this.messageOctets += writer.length;
		out.sendReport(writer.bytes, 0, writer.length);
	}

	/** Takes a message `bytes[start, end)` that came from the client. */
	receive(now: Millis, bytes: Uint8Array, start: number, end: number): RtcpArrival {
		const { context } = this;
		context.arrival = "alive";
		context.arrivedAt = now;
		if (context.reader.read(bytes, start, end, this)) context.received++;
		else {
			context.malformed++;
			context.arrival = "malformed";
		}
		return context.arrival;
	}

	/** The client sends something itself: of no interest. @see RtcpSink */
	sender(): void {}

	/** @see RtcpSink */
	receiver(): void {}

	/** @see RtcpSink */
	reception(from: number, report: ReceptionReport): void {
		const { context, stream } = this;
		if (report.ssrc !== stream.ssrc) return;
		context.arrival = "report";
		this.client = from;
		this.at = context.arrivedAt;
		this.loss = report.fractionLost / 256;
		this.lost = report.lost;
		this.jitter = Math.min(report.jitter / TICKS_PER_MS, JITTER_MAX);
		const expected = this.sequence < 0 ? 0 : (report.sequence - this.sequence) >>> 0;
		this.expected = expected <= EXPECTED_MAX ? expected : 0;
		this.sequence = report.sequence;
		this.measure(report.lastReport, report.delay);
	}

	/** Believes the client only whose report has named our source, which nobody else knows: sender addresses can be forged. @see RtcpSink */
	goodbye(from: number): void {
		if (from === this.client) this.context.arrival = "goodbye";
	}

	/** The round trip: the time since the report that the client has seen, without the time that the client kept it. */
	private measure(lastReport: number, delay: number): void {
		if (lastReport === 0) return;
		let sentAt: Millis;
		if (lastReport === this.lastMiddle) sentAt = this.lastAt;
		else if (lastReport === this.beforeMiddle) sentAt = this.beforeAt;
		else if (this.roundTrip !== undefined && this.beforeMiddle !== 0) return this.late();
		else return;
		const roundTrip = Math.round(this.at - sentAt - delay / 65.536);
		if (roundTrip > ROUND_TRIP_MAX) return;
		this.roundTrip = Math.max(roundTrip, 0);
		this.probedAt = sentAt;
	}

	/** The client had not even seen the report before the last: the round trip is at least as long as that is ago. */
	private late(): void {
		this.roundTrip = Math.min(this.at - this.beforeAt, ROUND_TRIP_MAX);
		this.probedAt = this.beforeAt;
	}

	/** Writes a sender report, or a receiver report when nothing was sent since the report before the last, and the description. */
	private writeReport(now: Millis): void {
		const { writer, info, calendar, cname } = this.context;
		const { packets, octets, overhead, ssrc } = this.stream;
		this.idleReports = packets === this.reportedPackets ? this.idleReports + 1 : 0;
		this.reportedPackets = packets;
		writer.reset();
		if (this.idleReports < 2) {
			// Without a date the time since the start does (RFC 3550 §6.4.1).
			info.setUtc(calendar.utc() ?? now);
			info.timestamp = this.stream.timestampAt(now);
			info.packets = packets >>> 0;
			info.octets = (octets - packets * overhead) >>> 0;
			writeSenderReport(writer, ssrc, info);
			this.beforeMiddle = this.lastMiddle;
			this.beforeAt = this.lastAt;
			this.lastMiddle = info.middle;
			this.lastAt = now;
		} else {
			writeReceiverReport(writer, ssrc);
		}
		writeSourceDescription(writer, ssrc, cname);
	}
}
