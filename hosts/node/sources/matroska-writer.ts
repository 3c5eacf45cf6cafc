import type { Millis, Octets } from "../../../src/core/time";

/**
 * Makes the head of a Matroska stream of JPEG pictures for the standard input of ffmpeg.
 *
 * Matroska is used because it has the length of each picture, so that ffmpeg need not wait for the next one to know where a
 * picture ends, and its time, so that each picture that comes out is known again by it.
 * @param fps the usual rate, which encoders write into their stream; 0: not known
 * @see RFC 9559
 */
export function matroskaHead(width: number, height: number, fps = 0): Buffer {
	const video = element([0xe0], [element([0xb0], [u16(width)]), element([0xba], [u16(height)])]);
	const period = fps === 0 ? [] : [element([0x23, 0xe3, 0x83], [u32(Math.round(1e9 / fps))])];
	const kind = [element([0x83], [ONE]), element([0x86], [CODEC]), video, ...period];
	const track = element([0xae], [element([0xd7], [ONE]), element([0x73, 0xc5], [ONE]), ...kind]);
	// The segment has no length, as it never ends.
	return Buffer.concat([HEADER, SEGMENT, element([0x16, 0x54, 0xae, 0x6b], [track])]);
}

/** Makes what goes before one picture of `length` octets, which is a cluster of its own. @param at whole milliseconds since the start, below 2^32 */
export function matroskaPictureHead(at: Millis, length: Octets): Buffer {
	const head = Buffer.alloc(PICTURE_HEAD);
	head.writeUInt32BE(0x1f43b675, 0);
	head.writeUInt32BE(LENGTH_OF_FOUR + PICTURE_HEAD - 8 + length, 4);
	head.writeUInt16BE(0xe784, 8);
	head.writeUInt32BE(at, 10);
	head[14] = 0xa3;
	head.writeUInt32BE(LENGTH_OF_FOUR + 4 + length, 15);
	// Track 1, no time beyond the cluster's, "is a key picture".
	head[19] = 0x81;
	head[22] = 0x80;
	return head;
}

const PICTURE_HEAD: Octets = 23;
/** A length that is written in four octets. */
const LENGTH_OF_FOUR = 0x10000000;
const ONE = Buffer.from([1]);
const CODEC = Buffer.from("V_MJPEG");
const HEADER = element([0x1a, 0x45, 0xdf, 0xa3], [element([0x42, 0x82], [Buffer.from("matroska")])]);
const SEGMENT = Buffer.from([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

function u16(value: number): Buffer {
	return Buffer.from([value >> 8, value & 255]);
}

function u32(value: number): Buffer {
	return Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
}

/** An element of up to 126 octets. */
function element(id: readonly number[], contents: readonly Buffer[]): Buffer {
	const body = Buffer.concat(contents);
	return Buffer.concat([Buffer.from(id), Buffer.from([0x80 | body.length]), body]);
}
