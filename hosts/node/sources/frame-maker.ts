import type { Octets } from "../../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { type JpegInfo, parseJpeg } from "../../../src/media/jpeg";
import { knownUtc, monotonic } from "../clock";

/** Makes frames of a source's pictures, checks them, and counts broken ones (IMG-17). */
export class FrameMaker {
	/** Pictures that were not complete JPEGs. */
	broken = 0;
	/** The header information of the last good picture. */
	info: JpegInfo | undefined;
	private sequence = 0;

	/** Copies a picture into a new frame. @returns `undefined` when it is broken, which is counted */
	make(bytes: Uint8Array, start: Octets, end: Octets): Frame | undefined {
		const sequence = this.sequence++;
		const info = parseJpeg(bytes, start, end);
		if (info === undefined) {
			this.broken++;
			return undefined;
		}
		this.info = info;
		const room = new Uint8Array(FRAME_HEADROOM + (end - start) + FRAME_TAILROOM);
		room.set(bytes.subarray(start, end), FRAME_HEADROOM);
		return new Frame(room, FRAME_HEADROOM, FRAME_HEADROOM + (end - start), sequence, monotonic(), knownUtc());
	}
}
