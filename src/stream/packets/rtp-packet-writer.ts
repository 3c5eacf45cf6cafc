import type { Octets } from "../../core/time";
import type { RtpNumbers } from "../../ports/net";
import { RTP_HEADER, writeRtpHeader } from "../../wire/rtp";
import { type Framing, TCP_PACKET_MAX, UDP_PACKET_MAX } from "./packet-burst";

/** `$`, the channel, and the length. @see RFC 2326 §10.12 */
const TCP_PREFIX: Octets = 4;

/** Writes the headers of the RTP packets of one stream, with its running sequence numbers. */
export class RtpPacketWriter {
	readonly ssrc: number;
	/** The sequence number of the next packet. */
	sequence: number;
	/** Octets in front of a packet's payload, with framing. */
	readonly overhead: Octets;
	/** Whether `$`, channel and length precede each packet. */
	private readonly isFramed: boolean;
	/** The most octets of payload in a packet. */
	readonly room: Octets;

	/**
	 * @param channel of the framing `tcp`; ignored otherwise
	 * @param numbers of the first packet; both are random for each stream
	 */
	constructor(
		framing: Framing,
		private readonly channel: number,
		numbers: RtpNumbers,
	) {
		this.ssrc = numbers.ssrc >>> 0;
		this.sequence = numbers.sequence & 0xffff;
		this.isFramed = framing === "tcp";
		this.overhead = RTP_HEADER + (this.isFramed ? TCP_PREFIX : 0);
		this.room = (this.isFramed ? TCP_PACKET_MAX : UDP_PACKET_MAX) - RTP_HEADER;
	}

	/**
	 * Writes the headers of the next packet at `bytes[at, at + overhead)`.
	 * @param payload the octets that follow
	 * @param isLast the marker: this is the last packet of a picture
	 * @returns where the payload starts
	 */
	head(bytes: Uint8Array, at: Octets, payload: Octets, type: number, timestamp: number, isLast: boolean): Octets {
		const { sequence, ssrc } = this;
		if (this.isFramed) {
			const length = RTP_HEADER + payload;
			bytes[at++] = 0x24;
			bytes[at++] = this.channel;
			bytes[at++] = length >> 8;
			bytes[at++] = length;
		}
		const body = writeRtpHeader(bytes, at, type, isLast, sequence, timestamp, ssrc);
		this.sequence = (sequence + 1) & 0xffff;
		return body;
	}
}
