import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { RtpNumbers } from "../../ports/net";
import { BurstPool } from "./burst-pool";
import type { H264Packetizer } from "./h264-packetizer";
import { obstacleText } from "./jpeg-gate";
import type { JpegObstacle } from "./jpeg-layout";
import { JpegPacketizer } from "./jpeg-packetizer";
import type { Framing, PacketBurst } from "./packet-burst";
import { RtpPacketWriter } from "./rtp-packet-writer";

/**
 * Makes the RTP packets of one content for all receivers with the same framing and channel: each picture becomes one burst,
 * made once.
 *
 * A burst comes with one reference, which belongs to the caller: it sends the burst, then releases it. In the steady state
 * nothing is allocated, neither per packet nor per picture. With the framing `tcp` receivers share {@link ssrc} and the sequence
 * numbers; with `udp` hosts write those of each receiver into the headers (`FanOutGroup.addPeer`).
 */
export class PacketStream {
	/**
	 * Of H.264: the sets (NAL units without start codes) that are sent before a key picture which has none in itself.
	 * @default none
	 */
	parameterSets: readonly Uint8Array[] = [];
	/** Pictures that could not be packetized. */
	refused = 0;
	private readonly writer: RtpPacketWriter;
	private readonly pool = new BurstPool();
	private readonly jpeg = new JpegPacketizer();
	private shown: JpegObstacle | undefined;
	private text: string | undefined;

	/**
	 * @param channel that of RTP, with the framing `tcp`; ignored otherwise
	 * @param numbers the SSRC, and the sequence number of the first packet: both random
	 * @param h264 absent where only JPEG pictures are sent; streams may share it
	 */
	constructor(
		framing: Framing,
		channel: number,
		numbers: RtpNumbers,
		private readonly h264?: H264Packetizer,
	) {
		this.writer = new RtpPacketWriter(framing, channel, numbers);
	}

	get ssrc(): number {
		return this.writer.ssrc;
	}

	/** The sequence number of the next packet. */
	get sequence(): number {
		return this.writer.sequence;
	}

	/** Why the last picture was refused, as a sentence for users; `undefined`: it was not. */
	get obstacle(): string | undefined {
		const { layout } = this.jpeg;
		if (layout.obstacle !== this.shown) {
			this.shown = layout.obstacle;
			this.text = this.shown === undefined ? undefined : obstacleText(this.shown, layout.width, layout.height);
		}
		return this.text;
	}

	/**
	 * Packetizes a JPEG picture.
	 * @param timestamp 90 kHz, 32 bits
	 * @returns `undefined`: RTP/JPEG cannot carry it, {@link obstacle} says why
	 */
	frame(frame: Frame, timestamp: number): PacketBurst | undefined {
		const burst = this.jpeg.packetize(frame, timestamp, this.writer, this.pool);
		if (burst === undefined) this.refused++;
		return burst;
	}

	/**
	 * Packetizes an H.264 picture.
	 * @param timestamp 90 kHz, 32 bits
	 * @returns `undefined`: it holds no NAL unit, or too many, or the stream is one of JPEG
	 */
	unit(unit: AccessUnit, timestamp: number): PacketBurst | undefined {
		const burst = this.h264?.packetize(unit, this.parameterSets, timestamp, this.writer, this.pool);
		if (burst === undefined) this.refused++;
		return burst;
	}
}
