import type { Octets } from "../../core/time";
import type { Frame } from "../../media/frame";
import { PAYLOAD_JPEG } from "../../wire/rtp";
import { type BurstPool, stage, stagedEnd } from "./burst-pool";
import { JpegLayout, RTP_JPEG_SIDE_MAX } from "./jpeg-layout";
import type { PacketBurst } from "./packet-burst";
import type { RtpPacketWriter } from "./rtp-packet-writer";

const MAIN_HEADER: Octets = 8;
const RESTART_HEADER: Octets = 4;
const TABLE_LENGTH: Octets = 64;
const TABLES: Octets = 2 * TABLE_LENGTH;
const TABLES_HEADER: Octets = 4 + TABLES;
/** Q: the tables are in the first packet of each picture, and may change with each. @see RFC 2435 §3.1.8 */
const TABLES_IN_BAND = 255;

/**
 * Makes RTP packets of JPEG pictures: types 0 and 1, and 64 and 65 with restart markers; the quantization tables are in the
 * first packet of each picture.
 *
 * Each picture is checked by {@link JpegLayout}; one that RTP/JPEG cannot carry is not sent. Where a side is above 2040 pixels,
 * both sides are 0 in the packets, and SDP says them (`x-dimensions`).
 * @see RFC 2435 §3.1
 */
export class JpegPacketizer {
	/** Of the last picture. */
	readonly layout = new JpegLayout();

	/** @returns the burst, which the caller releases; `undefined`: {@link layout} says why */
	packetize(frame: Frame, timestamp: number, writer: RtpPacketWriter, pool: BurstPool): PacketBurst | undefined {
		const { layout } = this;
		if (!layout.read(frame.bytes, frame.start, frame.end, true)) return undefined;
		const headers = MAIN_HEADER + (layout.restartInterval > 0 ? RESTART_HEADER : 0);
		const scan = layout.scanEnd - layout.scanStart;
		const room = writer.room - headers;
		const count = scan <= room - TABLES_HEADER ? 1 : Math.ceil((scan + TABLES_HEADER) / room);
		const before = count * (writer.overhead + headers) + TABLES_HEADER;
		// The scan is copied to where the last packet ends, with what lies before it in the frame; then the other fragments move
		// forwards to their packets. So a picture that is one packet is copied once, and no fragment needs a view of its own.
		const base = Math.max(0, layout.scanStart - before);
		const staged = base + before;
		const burst = pool.take(stagedEnd(staged, frame.bytes, layout.scanStart, layout.scanEnd), count);
		const { bytes } = burst;
		stage(bytes, staged, frame.bytes, layout.scanStart, layout.scanEnd);
		let at = base;
		let done = 0;
		for (let i = 0; i < count; i++) {
			const tables = i === 0 ? TABLES_HEADER : 0;
			const length = Math.min(room - tables, scan - done);
			burst.offsets[i] = at;
			const body = at + writer.overhead + headers + tables;
			if (i < count - 1) bytes.copyWithin(body, staged + done, staged + done + length);
			at = writer.head(bytes, at, headers + tables + length, PAYLOAD_JPEG, timestamp, i === count - 1);
			this.writeHeaders(bytes, at, done, frame);
			at = body + length;
			done += length;
		}
		burst.offsets[count] = at;
		burst.count = count;
		burst.timestamp = timestamp;
		burst.isKey = true;
		burst.payload = at - base - count * writer.overhead;
		return burst;
	}

	private writeHeaders(bytes: Uint8Array, at: Octets, offset: Octets, frame: Frame): void {
		const { width, height, type, restartInterval } = this.layout;
		const large = width > RTP_JPEG_SIDE_MAX || height > RTP_JPEG_SIDE_MAX;
		bytes[at++] = 0;
		bytes[at++] = offset >> 16;
		bytes[at++] = offset >> 8;
		bytes[at++] = offset;
		bytes[at++] = restartInterval > 0 ? 64 + type : type;
		bytes[at++] = TABLES_IN_BAND;
		bytes[at++] = large ? 0 : width >> 3;
		bytes[at++] = large ? 0 : height >> 3;
		if (restartInterval > 0) {
			bytes[at++] = restartInterval >> 8;
			bytes[at++] = restartInterval;
			// First and last of a whole picture: fragments end anywhere, not at restart markers.
			bytes[at++] = 0xff;
			bytes[at++] = 0xff;
		}
		if (offset > 0) return;
		bytes[at++] = 0;
		bytes[at++] = 0;
		bytes[at++] = TABLES >> 8;
		bytes[at++] = TABLES & 255;
		copyTable(bytes, at, frame.bytes, this.layout.luminance);
		copyTable(bytes, at + TABLE_LENGTH, frame.bytes, this.layout.chrominance);
	}
}

/** Copies 64 octets: fewer than are worth a view. */
function copyTable(to: Uint8Array, at: Octets, from: Uint8Array, start: Octets): void {
	for (let i = 0; i < TABLE_LENGTH; i++) to[at + i] = from[start + i];
}
