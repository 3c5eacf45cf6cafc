import type { Octets } from "../../core/time";
import type { VideoEncoding } from "../video-encoding";
import { readUnsigned } from "./ebml-reader";

/** Octets of a block that have to be there before it is looked at: its head and the beginning of its picture. */
export const BLOCK_LOOK: Octets = 16;

/** The head of a block, before its picture. @see RFC 9559 §10.1 */
export class MatroskaBlock {
	track = 0;
	/** Units of time since the time of its cluster. */
	time = 0;
	/** The octets of the head. */
	length: Octets = 0;
	isKey = false;
	/** True: several pictures are in the block. */
	isLaced = false;

	/** Reads the head of a block of `octets`, whose first {@link BLOCK_LOOK} octets are at `at`. @returns false when it is malformed */
	read(bytes: Uint8Array, at: Octets, octets: Octets): boolean {
		const trackLength = Math.clz32(bytes[at]) - 23;
		this.length = trackLength + 3;
		if (trackLength > 8 || this.length > octets) return false;
		let track = bytes[at] & (0xff >> trackLength);
		for (let i = 1; i < trackLength; i++) track = track * 256 + bytes[at + i];
		this.track = track;
		at += trackLength;
		this.time = ((bytes[at] << 24) >> 16) | bytes[at + 1];
		this.isLaced = (bytes[at + 2] & 6) !== 0;
		this.isKey = (bytes[at + 2] & 0x80) !== 0;
		return true;
	}
}

/** Tells whether a picture of so many octets can begin like this. @param at four of its octets are there */
export function isPictureBegin(encoding: VideoEncoding, bytes: Uint8Array, at: Octets, octets: Octets): boolean {
	if (octets < 5) return false;
	if (encoding === "JPEG") return bytes[at] === 0xff && bytes[at + 1] === 0xd8;
	const length = readUnsigned(bytes, at, at + 4);
	return length > 0 && length <= octets - 4;
}

/** The last octets of a picture that {@link isPictureEnd} looks at. */
export const PICTURE_TAIL: Octets = 2;

/** Tells whether a picture can end with the octets at `at`. */
export function isPictureEnd(encoding: VideoEncoding, bytes: Uint8Array, at: Octets): boolean {
	if (encoding === "JPEG") return bytes[at] === 0xff && bytes[at + 1] === 0xd9;
	return bytes[at + 1] !== 0;
}
