import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { ByteWriter } from "../../src/base/byte-writer";
import type { UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
import { RtpReception } from "../../src/stream/client/rtp-reception";
import {
	ReceptionReport,
	RtcpReader,
	type RtcpSink,
	type SenderInfo,
	writeGoodbye,
	writeReceiverReport,
	writeSourceDescription,
} from "../../src/wire/rtcp";
import { RtpPacket, sequenceDistance } from "../../src/wire/rtp";

/** How a {@link VirtualRtpPlayer} behaves. */
export interface PlayerHabits {
	/** Milliseconds between reports; 0: never. ffmpeg: 400, GStreamer: 5000. */
	readonly interval: number;
	/** It sends an empty report, on nobody, and an RTP packet to the server before it plays, as ffmpeg does. */
	readonly punches?: boolean;
}

/** Where a player sends its reports. */
export interface ReportTarget {
	readonly address: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
}

/** A client by UDP: receives RTP, counts whole pictures, and reports as RFC 3550 says. */
export class VirtualRtpPlayer implements RtcpSink {
	/** Where RTP and sender reports came from: `address:port`. */
	readonly mediaFrom = new Set<string>();
	readonly reportsFrom = new Set<string>();
	/** Pictures of which no packet was missing. */
	pictures = 0;
	/** Sender reports, reports sent, and BYEs. */
	senderReports = 0;
	sent = 0;
	goodbyes = 0;
	private readonly rtp: UdpSocket;
	private readonly rtcp: UdpSocket;
	private readonly packet = new RtpPacket();
	private readonly reader = new RtcpReader();
	private readonly writer = new ByteWriter(200);
	private target: ReportTarget | undefined;
	private readonly source = new RtpReception();
	/** The number of the last packet, and whether the picture that it is of has come whole so far. */
	private last = 0;
	private whole = true;

	constructor(
		private readonly machine: VirtualMachine,
		readonly rtpPort: number,
		private readonly habits: PlayerHabits,
		private readonly own = 7,
	) {
		const port = (onReceived: (bytes: Uint8Array, peer: UdpPeer) => void): UdpSink => ({
			opened() {},
			failed: (why) => {
				throw new Error(why);
			},
			received: onReceived,
		});
		this.rtp = machine.network.udp(
			{ port: rtpPort },
			port((bytes, peer) => this.media(bytes, peer)),
		);
		this.rtcp = machine.network.udp(
			{ port: rtpPort + 1 },
			port((bytes, peer) => this.reports(bytes, peer)),
		);
	}

	get packets(): number {
		return this.source.received;
	}

	/** The source of the packets; -1: none have come. */
	get ssrc(): number {
		return this.source.ssrc;
	}

	get rtcpPort(): number {
		return this.rtpPort + 1;
	}

	/** Begins to report. */
	play(target: ReportTarget): void {
		this.target = target;
		if (this.habits.punches === true) {
			writeReceiverReport(this.writer.reset(), this.own);
			this.send(this.writer);
			this.rtp.send(new Uint8Array([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 0, 12, target.address, target.rtpPort);
		}
		if (this.habits.interval > 0) this.machine.world.after(this.habits.interval, () => this.report());
	}

	/** Says goodbye and stops reporting. */
	leave(): void {
		writeReceiverReport(this.writer.reset(), this.own);
		writeGoodbye(this.writer, this.own);
		this.send(this.writer);
		this.target = undefined;
	}

	/** Stops without a word. */
	vanish(): void {
		this.target = undefined;
		this.rtp.close();
		this.rtcp.close();
	}

	sender(_from: number, info: SenderInfo): void {
		this.senderReports++;
		this.source.reported(this.machine.world.now, info);
	}

	receiver(): void {}

	reception(): void {}

	goodbye(): void {
		this.goodbyes++;
	}

	private media(bytes: Uint8Array, { address, port }: UdpPeer): void {
		const { packet, source } = this;
		if (!packet.read(bytes, 0, bytes.length)) return;
		this.mediaFrom.add(`${address}:${port}`);
		if (source.ssrc < 0) source.begin(packet.ssrc, packet.sequence);
		else if (sequenceDistance(this.last, packet.sequence) !== 1) this.whole = false;
		this.last = packet.sequence;
		source.count(this.machine.world.now, packet.sequence, packet.timestamp);
		if (!packet.marker) return;
		if (this.whole) this.pictures++;
		this.whole = true;
	}

	private reports(bytes: Uint8Array, { address, port }: UdpPeer): void {
		if (this.reader.read(bytes, 0, bytes.length, this)) this.reportsFrom.add(`${address}:${port}`);
	}

	private report(): void {
		if (this.target === undefined) return;
		const { world } = this.machine;
		world.after(this.habits.interval * (0.8 + 0.4 * world.prng.unit()), () => this.report());
		writeReceiverReport(this.writer.reset(), this.own, this.ssrc < 0 ? undefined : this.block());
		writeSourceDescription(this.writer, this.own, "player");
		this.send(this.writer);
		this.sent++;
	}

	private block(): ReceptionReport {
		const block = new ReceptionReport();
		this.source.fill(this.machine.world.now, block);
		return block;
	}

	private send({ bytes, length }: ByteWriter): void {
		const { target } = this;
		if (target !== undefined) this.rtcp.send(bytes, 0, length, target.address, target.rtcpPort);
	}
}
