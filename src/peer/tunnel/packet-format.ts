import { readU16, readU32 } from "../../base/byte-writer";
import type { Octets } from "../../core/time";
import { TAG_OCTETS } from "../../ports/ciphers";
import { PATH_HEADROOM } from "../peer-path";

/** The largest datagram of a tunnel: it fits into IPv6's smallest packet, also behind the header of a TURN channel. */
export const PACKET_MAX: Octets = 1200;
/**
 * The first octet of a packet, free of those of STUN, DTLS, RTP and TURN channels: the first message of a handshake, the same of a guest,
 * the second message, and data. The two lowest bits of a data packet's type are those of its epoch. @see RFC 7983 §7
 */
export const HELLO = 0x50;
export const GUEST_HELLO = 0x51;
export const ANSWER = 0x52;
export const DATA = 0x54;
/** Type, session, epoch: what all messages of handshakes begin with. */
export const HELLO_HEADER: Octets = 6;
/** Octets of a session in a packet: the first ones of the introduction's. */
export const SESSION_MARK: Octets = 4;
/** Type, session, number of the packet (48 bits): the additional data of its encryption. */
export const DATA_HEADER: Octets = 11;

/** The types of frames. All numbers in frames are in network byte order. */
export const PING = 1;
/** The largest number of a packet that has come (48 bits), the delay since then in milliseconds (8), which of the 64 up to it have come. */
export const ACK = 2;
/** Opens a stream: its number (32 bits), the service (8), how many octets the other side may send on it (32). */
export const OPEN = 3;
/** Up to which octet the other side may send on a stream: number of the stream (32 bits), of the octet (48). The first one accepts it. */
export const WINDOW = 4;
/** Ends a stream at once: its number (32 bits), the reason (8). */
export const RESET = 5;
/** Octets of a stream: its number (32 bits), that of the first octet (48), length (16), the octets. The other type ends it after them. */
export const STREAM = 6;
export const LAST = 7;
/**
 * Media of an RTSP stream: its number (32 bits), the number of the packet (32), where in it the first whole frame begins (16; NO_START: nowhere),
 * the number of the octet of the stream that the media follow (48), length (16), the octets.
 */
export const MEDIA = 8;
/** Ends the tunnel. */
export const CLOSE = 9;

/** {@link MEDIA} in which no interleaved frame begins. */
export const NO_START = 0xffff;
/** Octets of an ACK frame, and of the heads of the frames with content. */
const ACK_OCTETS: Octets = 16;
export const STREAM_HEAD: Octets = 13;
const MEDIA_HEAD: Octets = 19;
/** The most octets of media in a packet, so that an ACK has room as well. */
export const UNIT_MAX: Octets = PACKET_MAX - DATA_HEADER - TAG_OCTETS - ACK_OCTETS - MEDIA_HEAD;

/** The reasons in RESET. */
export const REFUSED = 1;
export const ABORTED = 2;

/** The longest frame without content. */
const FRAME_HEAD_MAX: Octets = 20;
/** 2 to the power of 32. */
const HIGH = 0x100000000;

/** Reads a number of 48 bits. */
export function readU48(bytes: Uint8Array, at: number): number {
	return readU16(bytes, at) * HIGH + readU32(bytes, at + 2);
}

/** Builds one packet after the other in one buffer, with the headroom that a path needs. */
export class PacketWriter {
	readonly bytes = new Uint8Array(PATH_HEADROOM + PACKET_MAX);
	/** Where the packet begins. */
	readonly start = PATH_HEADROOM;
	/** Where the next octet goes. */
	at = PATH_HEADROOM;
	/** Where the frames must end. */
	readonly limit = PATH_HEADROOM + PACKET_MAX - TAG_OCTETS;

	/** How many octets still fit. */
	get room(): Octets {
		return this.limit - this.at;
	}

	/** Whether one more frame without content fits. */
	get hasRoom(): boolean {
		return this.room >= FRAME_HEAD_MAX;
	}

	u8(value: number): this {
		this.bytes[this.at++] = value;
		return this;
	}

	u16(value: number): this {
		return this.u8(value >> 8).u8(value);
	}

	u32(value: number): this {
		return this.u16(value >>> 16).u16(value & 0xffff);
	}

	u48(value: number): this {
		return this.u16(Math.floor(value / HIGH)).u32(value % HIGH);
	}

	octets(bytes: Uint8Array): this {
		this.bytes.set(bytes, this.at);
		this.at += bytes.length;
		return this;
	}
}

/** Octets behind the type of each frame; of those with content the ones before it. -1: unknown. */
const LENGTHS: readonly number[] = Object.freeze([-1, 0, 15, 9, 10, 5, 12, 12, 18, 0]);

/** Reads the frames of a packet one after the other. The fields are those of the current frame; which of them it has depends on its type. */
export class FrameReader {
	type = 0;
	/** The number of the stream. */
	id = 0;
	/** The number of an octet, or of a packet. */
	offset = 0;
	/** ACK: the delay; OPEN: the service; RESET: the reason. */
	code = 0;
	/** MEDIA: where the first frame begins. */
	first = 0;
	/** MEDIA: the number of the packet. ACK: bits of the 32 packets up to the largest one, which is the lowest bit. */
	low = 0;
	/** ACK: bits of the 32 packets before those of {@link low}. */
	high = 0;
	/** The content. */
	bytes: Uint8Array = new Uint8Array(0);
	start = 0;
	end = 0;
	/** True when the packet was malformed from here on. */
	isMalformed = false;
	private at = 0;
	private limit = 0;

	/** Starts with `bytes[start, end)`. */
	begin(bytes: Uint8Array, start: number, end: number): this {
		this.bytes = bytes;
		this.at = start;
		this.limit = end;
		this.isMalformed = false;
		return this;
	}

	/** Moves to the next frame. @returns false at the end, or when what follows is malformed */
	next(): boolean {
		const { bytes, at, limit } = this;
		if (at >= limit) return false;
		this.type = bytes[at];
		const length = LENGTHS[this.type] ?? -1;
		if (length < 0 || at + 1 + length > limit) return this.fail();
		this.at += 1 + length;
		if (this.type === ACK) {
			this.offset = readU48(bytes, at + 1);
			this.code = bytes[at + 7];
			this.high = readU32(bytes, at + 8);
			this.low = readU32(bytes, at + 12);
			return true;
		}
		if (length === 0) return true;
		this.id = readU32(bytes, at + 1);
		if (this.type === OPEN || this.type === RESET) this.code = bytes[at + 5];
		if (this.type === OPEN) this.offset = readU32(bytes, at + 6);
		if (this.type === WINDOW || this.type === STREAM || this.type === LAST) this.offset = readU48(bytes, at + 5);
		if (this.type === MEDIA) {
			this.low = readU32(bytes, at + 5);
			this.first = readU16(bytes, at + 9);
			this.offset = readU48(bytes, at + 11);
		}
		return this.type < STREAM || this.content();
	}

	private content(): boolean {
		this.start = this.at;
		this.end = this.at + readU16(this.bytes, this.at - 2);
		if (
			this.end > this.limit ||
			(this.type === MEDIA && this.first !== NO_START && this.first >= this.end - this.start)
		) {
			return this.fail();
		}
		this.at = this.end;
		return true;
	}

	private fail(): boolean {
		this.isMalformed = true;
		this.at = this.limit;
		return false;
	}
}
