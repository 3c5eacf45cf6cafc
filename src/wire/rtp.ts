import { readU16, readU32 } from "../base/byte-writer";
import type { Octets } from "../core/time";

/** The length of an RTP header without contributing sources and extension. @see RFC 3550 §5.1 */
export const RTP_HEADER: Octets = 12;
/** The static payload type of JPEG. @see RFC 3551 §6 */
export const PAYLOAD_JPEG = 26;
/** The dynamic payload type that we give to H.264. @see RFC 3551 §3 */
export const PAYLOAD_H264 = 96;
/** The most octets of a datagram that is looked at. */
const PACKET_MAX: Octets = 65_536;

/*
 *  0                   1                   2                   3
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |                           timestamp                           |
 * +---------------------------------------------------------------+
 * |                             SSRC                              |
 * +---------------------------------------------------------------+
 * |           CSRC (CC times), extension header (if X)            |
 */

/**
 * A received RTP packet: one object for all packets, as {@link read} allocates nothing.
 * @see RFC 3550 §5.1
 */
export class RtpPacket {
	marker = false;
	payloadType = 0;
	/** 16 bits. */
	sequence = 0;
	/** 32 bits. */
	timestamp = 0;
	/** 32 bits. */
	ssrc = 0;
	/** The payload is `bytes[start, end)`, without contributing sources, extension and padding; it may be empty. */
	start = 0;
	end = 0;

	/**
	 * Reads the packet `bytes[from, to)`.
	 * @returns false when it is not a whole RTP packet of version 2; the fields are then meaningless
	 */
	read(bytes: Uint8Array, from: number, to: number): boolean {
		if (from < 0 || to > bytes.length || to - from < RTP_HEADER || to - from > PACKET_MAX) return false;
		const first = bytes[from];
		if (first >> 6 !== 2) return false;
		let start = from + RTP_HEADER + (first & 0x0f) * 4;
		if ((first & 0x10) !== 0) {
			if (start + 4 > to) return false;
			start += 4 + readU16(bytes, start + 2) * 4;
		}
		let end = to;
		if ((first & 0x20) !== 0) {
			const padding = bytes[to - 1];
			if (padding === 0) return false;
			end -= padding;
		}
		if (start > end) return false;
		const second = bytes[from + 1];
		this.marker = (second & 0x80) !== 0;
		this.payloadType = second & 0x7f;
		this.sequence = readU16(bytes, from + 2);
		this.timestamp = readU32(bytes, from + 4);
		this.ssrc = readU32(bytes, from + 8);
		this.start = start;
		this.end = end;
		return true;
	}
}

/**
 * Writes the {@link RTP_HEADER} octets of a header to `bytes` at `at`.
 * @returns where the payload begins
 * @see RFC 3550 §5.1
 */
export function writeRtpHeader(
	bytes: Uint8Array,
	at: number,
	payloadType: number,
	marker: boolean,
	sequence: number,
	timestamp: number,
	ssrc: number,
): number {
	bytes[at] = 0x80;
	bytes[at + 1] = marker ? payloadType | 0x80 : payloadType;
	bytes[at + 2] = sequence >> 8;
	bytes[at + 3] = sequence;
	writeWord(bytes, at + 4, timestamp);
	writeWord(bytes, at + 8, ssrc);
	return at + RTP_HEADER;
}

/** The signed distance from one 16-bit sequence number to another: positive when `to` is newer. @see RFC 3550 §A.1 */
export function sequenceDistance(from: number, to: number): number {
	return (((to - from) & 0xffff) << 16) >> 16;
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
	bytes[at] = value >>> 24;
	bytes[at + 1] = value >>> 16;
	bytes[at + 2] = value >>> 8;
	bytes[at + 3] = value;
}
