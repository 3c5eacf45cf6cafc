import { readU16 } from "../../base/byte-writer";
import type { Millis, Octets } from "../../core/time";
import { BufferPool } from "../../media/buffer-pool";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../media/frame";
import { type JpegHeader, writeJpegHeader } from "../../media/jpeg-header";
import { JPEG_MAX } from "../../media/jpeg-splitter";
import type { RtpPacket } from "../../wire/rtp";
import { QUANTIZATION_LENGTH, quantizationOf } from "./jpeg-quantization";
import { SequenceGuard } from "./sequence-guard";

/** Takes the pictures of a {@link JpegDepacketizer}. */
export interface JpegPictureSink {
	/** A whole picture; the sink takes over its reference. */
	picture(frame: Frame): void;
}

const MAIN_HEADER: Octets = 8;
const RESTART_HEADER: Octets = 4;
const TABLES_HEADER: Octets = 4;
/** Room for the headers and the first fragments. */
const FIRST_ROOM: Octets = 64 * 1024;

/**
 * Puts JPEG pictures together again from RTP packets, with the headers that RTP/JPEG leaves out.
 *
 * Types 0, 1, 64 and 65, quantization tables by quality (Q 1 to 99), in band for each picture (255) or once (128 to 254). A
 * picture of which a packet was lost, or that contradicts itself, is dropped and counted. Nothing is allocated per packet but a
 * view.
 * @see RFC 2435 §3.1, §4
 */
export class JpegDepacketizer {
	/** Pictures that were complete, and that were dropped because packets were lost. */
	pictures = 0;
	dropped = 0;
	/** Packets that are not RTP/JPEG, or that contradict the ones before. */
	malformed = 0;
	readonly guard = new SequenceGuard();
	private readonly pool = new BufferPool();
	private readonly header = new RebuiltHeader();
	/** The tables that senders sent for Q 128 to 254. */
	private readonly remembered: (Uint8Array | undefined)[] = [];
	private bytes: Uint8Array | undefined;
	/** Where the scan of the current picture starts, and where its next fragment comes to. */
	private scan: Octets = 0;
	private end: Octets = 0;
	private timestamp = 0;
	/** `skipping`: the picture with this timestamp can't be completed, and was counted. */
	private state: "between" | "collecting" | "skipping" = "between";
	private sequence = 0;

	/**
	 * @param width from SDP (`x-dimensions`), for pictures larger than the packets can say; 0: not known
	 * @param height likewise
	 */
	constructor(
		private readonly sink: JpegPictureSink,
		private readonly width = 0,
		private readonly height = 0,
	) {}

	/**
	 * Takes the next packet.
	 * @param utc the date, where the host knows it, for the picture that the packet completes
	 * @param packet was read from `bytes`
	 */
	packet(now: Millis, utc: Millis | undefined, bytes: Uint8Array, packet: RtpPacket): void {
		const order = this.guard.take(packet.sequence);
		if (order === "late") return;
		if (packet.timestamp !== this.timestamp) this.reset();
		else if (order === "gap" && this.state === "collecting") this.skip();
		if (this.state === "between") {
			this.state = "collecting";
			this.timestamp = packet.timestamp;
		}
		if (this.state === "collecting" && !this.take(bytes, packet.start, packet.end)) {
			if (order === "next") this.malformed++;
			this.skip();
		}
		if (!packet.marker) return;
		if (this.state === "collecting") this.finish(now, utc);
		this.state = "between";
	}

	/** Drops the incomplete picture. The next packet may be of another stream. */
	reset(): void {
		if (this.state === "collecting") this.skip();
		this.state = "between";
	}

	/** The current picture can't be completed. */
	private skip(): void {
		if (this.bytes !== undefined) this.pool.put(this.bytes);
		this.bytes = undefined;
		this.dropped++;
		this.state = "skipping";
	}

	/** Takes the payload `bytes[start, end)`. @returns false when it is malformed */
	private take(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (end - start < MAIN_HEADER) return false;
		const offset = (bytes[start + 1] << 16) | readU16(bytes, start + 2);
		const type = bytes[start + 4];
		const kind = type & ~64;
		if (type > 127 || kind > 1) return false;
		let at = start + MAIN_HEADER;
		let restartInterval = 0;
		if (type >= 64) {
			if (end - at < RESTART_HEADER) return false;
			restartInterval = readU16(bytes, at);
			if (restartInterval === 0) return false;
			at += RESTART_HEADER;
		}
		if (offset === 0) {
			if (this.bytes !== undefined) return false;
			const { header } = this;
			header.factors = kind === 1 ? 0x22 : 0x21;
			header.restartInterval = restartInterval;
			header.width = bytes[start + 6] * 8;
			header.height = bytes[start + 7] * 8;
			at = this.takeTables(bytes[start + 5], bytes, at, end);
			if (at === 0 || !this.begin()) return false;
		}
		return this.append(offset, bytes, at, end);
	}

	/** Takes the quantization tables of the first packet. @returns where the scan goes on; 0: there are none, or they are malformed */
	private takeTables(q: number, bytes: Uint8Array, start: Octets, end: Octets): Octets {
		const { quantization } = this.header;
		if (q < 128) {
			if (q === 0 || q > 99) return 0;
			quantizationOf(q, quantization);
			return start;
		}
		if (end - start < TABLES_HEADER) return 0;
		const isWide = bytes[start + 1] !== 0;
		const length = readU16(bytes, start + 2);
		const at = start + TABLES_HEADER;
		if (length === 0) {
			const known = q < 255 ? this.remembered[q - 128] : undefined;
			if (known === undefined) return 0;
			quantization.set(known);
			return at;
		}
		// One table serves both, as some cameras send it.
		if (isWide || (length !== QUANTIZATION_LENGTH && length !== 64) || end - at < length) return 0;
		for (let i = 0; i < QUANTIZATION_LENGTH; i++) quantization[i] = bytes[at + (i % length)];
		if (q < 255) this.remembered[q - 128] = quantization.slice();
		return at + length;
	}

	/** Writes the headers of the picture. @returns false when its size is not known */
	private begin(): boolean {
		const { header, pool } = this;
		if (header.width === 0 || header.height === 0) {
			header.width = this.width;
			header.height = this.height;
		}
		if (!(header.width > 0 && header.height > 0 && header.width <= 65535 && header.height <= 65535)) return false;
		this.bytes = pool.take(FIRST_ROOM);
		this.scan = this.end = writeJpegHeader(this.bytes, FRAME_HEADROOM, header);
		return true;
	}

	/** Appends a fragment. @returns false when it does not follow the one before */
	private append(offset: Octets, bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const length = end - start;
		const needed = this.end + length + 2 + FRAME_TAILROOM;
		if (
			this.bytes === undefined ||
			(length === 0 && offset === 0) ||
			offset !== this.end - this.scan ||
			needed > JPEG_MAX
		)
			return false;
		if (needed > this.bytes.length) this.bytes = this.pool.grow(this.bytes, this.end, needed);
		this.bytes.set(bytes.subarray(start, end), this.end);
		this.end += length;
		return true;
	}

	private finish(now: Millis, utc: Millis | undefined): void {
		const bytes = this.bytes as Uint8Array;
		let { end } = this;
		if (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9) {
			bytes[end++] = 0xff;
			bytes[end++] = 0xd9;
		}
		this.bytes = undefined;
		this.pictures++;
		this.sink.picture(new Frame(bytes, FRAME_HEADROOM, end, this.sequence++, now, utc, this.pool.put));
	}
}

/** @see JpegHeader */
class RebuiltHeader implements JpegHeader {
	width = 0;
	height = 0;
	factors = 0x22;
	restartInterval = 0;
	readonly quantization = new Uint8Array(QUANTIZATION_LENGTH);
}
