import { ByteWriter, readU32 } from "../../base/byte-writer";
import type { Machine } from "../../core/machine";
import type { Millis, Octets } from "../../core/time";
import type { Random } from "../../ports/random";
import {
	ReceptionReport,
	RtcpReader,
	type RtcpSink,
	type SenderInfo,
	writeGoodbye,
	writeReceiverReport,
	writeSourceDescription,
} from "../../wire/rtcp";
import { RTP_HEADER, RtpPacket, writeRtpHeader } from "../../wire/rtp";
import type { RtcpOutbox } from "../reports/rtcp-session";
import { RtpReception } from "./rtp-reception";
import { RtpReorder } from "./rtp-reorder";
import type { RtpSink, RtspTrack } from "./rtp-sink";

/** The mean time between two reports. @see RFC 3550 §6.2 */
const INTERVAL: Millis = 5000;
/** The first report follows PLAY after this time, so that the server knows soon that packets arrive. */
const FIRST: Millis = 500;
/** The longest message: a report with one block, a description, a BYE. */
const MESSAGE_MAX: Octets = 128;

/**
 * Receives the packets of one video: checks them, puts them in order, counts losses, and sends receiver reports.
 *
 * The owner calls {@link begin} when the track is set up, gives what arrives to {@link rtp} and {@link rtcp}, and calls
 * {@link expire} at {@link deadline}.
 * @see RFC 3550 §6, §A.1
 */
export class MediaReceiver implements Machine<RtcpOutbox>, RtcpSink {
	/** When {@link expire} must be called next. */
	deadline: Millis = Infinity;
	/** When the last packet came that belongs to the video. */
	lastAt: Millis = -Infinity;
	/** Packets that were handed on, and that never came. */
	packets = 0;
	missed = 0;
	/** Packets and reports that were malformed, of another payload type or source. */
	refused = 0;
	/** How often the source has said goodbye. */
	goodbyes = 0;
	private readonly packet = new RtpPacket();
	private readonly source = new RtpReception();
	private readonly reader = new RtcpReader();
	private readonly writer = new ByteWriter(MESSAGE_MAX);
	private readonly report = new ReceptionReport();
	private readonly ssrc: number;
	private readonly cname: string;
	private order: RtpReorder | undefined;
	private payloadType = -1;
	private reportAt: Millis = Infinity;
	private now: Millis = 0;
	/** A source other than the current one, and the sequence number that would confirm it. */
	private candidate = -1;
	private candidateNext = 0;
	/** Whether a packet was handed on since the last one came. */
	private hasHandedOn = false;

	constructor(
		private readonly sink: RtpSink,
		private readonly random: Random,
	) {
		const bytes = new Uint8Array(12);
		random.fill(bytes);
		this.ssrc = readU32(bytes, 0);
		let cname = "";
		for (let i = 4; i < bytes.length; i++) cname += String.fromCharCode(97 + (bytes[i] >> 4), 97 + (bytes[i] & 15));
		this.cname = cname;
	}

	/**
	 * Packets of a track follow.
	 * @param reorders whether packets may arrive in another order than they were sent
	 */
	begin(now: Millis, track: RtspTrack, reorders: boolean): void {
		this.payloadType = track.payloadType;
		this.order = new RtpReorder(this, reorders);
		this.reportAt = now + FIRST;
		this.deadline = this.reportAt;
		this.sink.began(now, track, this.source);
	}

	/** Takes an RTP packet `bytes[start, end)`. @returns whether it is one of the video */
	rtp(now: Millis, bytes: Uint8Array, start: number, end: number): boolean {
		const { packet, order } = this;
		if (order === undefined || !packet.read(bytes, start, end) || packet.payloadType !== this.payloadType) {
			this.refused++;
			return false;
		}
		if (packet.ssrc !== this.source.ssrc && !this.changes(now)) {
			this.refused++;
			return false;
		}
		this.lastAt = now;
		this.source.count(now, packet.sequence, packet.timestamp);
		this.hasHandedOn = false;
		if (order.isNext(now, packet.sequence, bytes, start, end)) {
			// Packets that had been kept went before it.
			if (this.hasHandedOn) packet.read(bytes, start, end);
			this.handOn(now, bytes);
			order.advance(now);
		}
		this.deadline = Math.min(this.reportAt, order.deadline);
		return true;
	}

	/** Takes a compound RTCP packet `bytes[start, end)`. */
	rtcp(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		this.now = now;
		if (!this.reader.read(bytes, start, end, this)) this.refused++;
	}

	expire(now: Millis, out: RtcpOutbox): void {
		if (this.order !== undefined && now >= this.order.deadline) this.order.expire(now);
		if (now >= this.reportAt) {
			this.reportAt = now + Math.floor(INTERVAL * (0.5 + this.random.unit()));
			this.write(now);
			out.sendReport(this.writer.bytes, 0, this.writer.length);
		}
		this.deadline = Math.min(this.reportAt, this.order?.deadline ?? Infinity);
	}

	/** Nothing more is wanted: says goodbye. */
	end(now: Millis, out: RtcpOutbox): void {
		if (this.order === undefined) return;
		this.order = undefined;
		this.reportAt = Infinity;
		this.deadline = Infinity;
		this.write(now);
		writeGoodbye(this.writer, this.ssrc);
		out.sendReport(this.writer.bytes, 0, this.writer.length);
	}

	/** Returns an RTP packet without payload and a report: what opens the way through a NAT to the ports they are sent from. */
	openers(now: Millis): { readonly rtp: Uint8Array; readonly rtcp: Uint8Array } {
		const rtp = new Uint8Array(RTP_HEADER);
		writeRtpHeader(rtp, 0, Math.max(0, this.payloadType), false, 0, 0, this.ssrc);
		this.write(now);
		return { rtp, rtcp: this.writer.copy() };
	}

	/** @see RtcpSink */
	sender(from: number, info: SenderInfo): void {
		if (from === this.source.ssrc) this.source.reported(this.now, info);
	}

	/** @see RtcpSink */
	receiver(): void {}

	/** @see RtcpSink */
	reception(): void {}

	/** @see RtcpSink */
	goodbye(from: number): void {
		if (from === this.source.ssrc) this.goodbyes++;
	}

	/** @see OrderedSink */
	kept(now: Millis, bytes: Uint8Array, start: number, end: number): void {
		if (this.packet.read(bytes, start, end)) this.handOn(now, bytes);
	}

	/** @see OrderedSink */
	missing(now: Millis, count: number): void {
		this.missed += count;
		this.sink.lost(now, count);
	}

	private handOn(now: Millis, bytes: Uint8Array): void {
		this.hasHandedOn = true;
		this.packets++;
		this.sink.packet(now, this.packet, bytes);
	}

	/** Decides whether the packet begins another source: the first, or two packets in a row of one that has begun again. */
	private changes(now: Millis): boolean {
		const { packet, source } = this;
		if (source.ssrc >= 0) {
			const isConfirmed = packet.ssrc === this.candidate && packet.sequence === this.candidateNext;
			this.candidate = packet.ssrc;
			this.candidateNext = (packet.sequence + 1) & 0xffff;
			if (!isConfirmed) return false;
			this.missing(now, 0);
		}
		this.candidate = -1;
		source.begin(packet.ssrc, packet.sequence);
		this.order?.reset();
		return true;
	}

	private write(now: Millis): void {
		const { writer, report, source, ssrc } = this;
		writer.reset();
		if (source.ssrc < 0) writeReceiverReport(writer, ssrc);
		else {
			source.fill(now, report);
			writeReceiverReport(writer, ssrc, report);
		}
		writeSourceDescription(writer, ssrc, this.cname);
	}
}
