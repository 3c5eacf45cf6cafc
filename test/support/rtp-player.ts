import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { ByteWriter } from "../../src/base/byte-writer";
import type { UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
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

/** How a {@link RtpPlayer} behaves. */
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
export class RtpPlayer implements RtcpSink {
	/** Where RTP and sender reports came from: `address:port`. */
	readonly mediaFrom = new Set<string>();
	readonly reportsFrom = new Set<string>();
	packets = 0;
	/** Pictures of which no packet was missing. */
	pictures = 0;
	/** The source of the packets. */
	ssrc = -1;
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
	private base = -1;
	private highest = 0;
	private expectedBefore = 0;
	private receivedBefore = 0;
	private jitter = 0;
	private transit: number | undefined;
	private whole = false;
	private middle = 0;
	private middleAt = 0;

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
		this.middle = info.middle;
		this.middleAt = this.machine.world.now;
	}

	receiver(): void {}

	reception(): void {}

	goodbye(): void {
		this.goodbyes++;
	}

	private media(bytes: Uint8Array, { address, port }: UdpPeer): void {
		const { packet } = this;
		if (!packet.read(bytes, 0, bytes.length)) return;
		this.mediaFrom.add(`${address}:${port}`);
		this.packets++;
		this.ssrc = packet.ssrc;
		if (this.base < 0) {
			this.base = this.highest = packet.sequence;
			this.whole = true;
		} else {
			const ahead = sequenceDistance(this.highest & 0xffff, packet.sequence);
			if (ahead !== 1) this.whole = false;
			if (ahead > 0) this.highest += ahead;
		}
		const transit = this.machine.world.now * 90 - packet.timestamp;
		if (this.transit !== undefined) this.jitter += (Math.abs(transit - this.transit) - this.jitter) / 16;
		this.transit = transit;
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
		writeReceiverReport(this.writer.reset(), this.own, this.base < 0 ? undefined : this.block());
		writeSourceDescription(this.writer, this.own, "player");
		this.send(this.writer);
		this.sent++;
	}

	private block(): ReceptionReport {
		const block = new ReceptionReport();
		const expected = this.highest - this.base + 1;
		const due = expected - this.expectedBefore;
		const lost = due - (this.packets - this.receivedBefore);
		this.expectedBefore = expected;
		this.receivedBefore = this.packets;
		block.ssrc = this.ssrc;
		block.fractionLost = due > 0 && lost > 0 ? Math.floor((lost / due) * 256) : 0;
		block.lost = expected - this.packets;
		block.sequence = this.highest;
		block.jitter = Math.round(this.jitter);
		block.lastReport = this.middle;
		block.delay = this.middle === 0 ? 0 : Math.round((this.machine.world.now - this.middleAt) * 65.536);
		return block;
	}

	private send({ bytes, length }: ByteWriter): void {
		const { target } = this;
		if (target !== undefined) this.rtcp.send(bytes, 0, length, target.address, target.rtcpPort);
	}
}
