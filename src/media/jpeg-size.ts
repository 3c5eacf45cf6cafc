import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";
import { hasLength, isFrameMarker } from "./jpeg";

/** The most header segments before the frame header; real pictures have 4 to 30. */
const SEGMENTS_MAX = 256;

/** Finds the size of JPEG pictures, without allocating: one object serves all pictures of a stream. */
export class JpegSize {
	width = 0;
	height = 0;

	/**
	 * Reads the size of `bytes[start, end)`.
	 * @returns false when it has no frame header; then the size of the picture before stays
	 * @see ITU-T T.81 §B.2.2
	 */
	read(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		if (end - start < 4 || bytes[start] !== 0xff || bytes[start + 1] !== 0xd8) return false;
		let at = start + 2;
		for (let segments = 0; segments < SEGMENTS_MAX; segments++) {
			while (at + 4 < end && bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
			if (at + 9 > end || bytes[at] !== 0xff || !hasLength(bytes[at + 1])) return false;
			if (isFrameMarker(bytes[at + 1])) {
				const height = readU16(bytes, at + 5);
				const width = readU16(bytes, at + 7);
				if (width === 0 || height === 0) return false;
				this.height = height;
				this.width = width;
				return true;
			}
			at += 2 + Math.max(2, readU16(bytes, at + 2));
		}
		return false;
	}
}
