import type { Octets } from "../../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { type JpegInfo, parseJpeg } from "../../../src/media/jpeg";
import { knownUtc, monotonic } from "../clock";

/** Makes checked frames of a source's pictures, and counts those that are broken (IMG-17). */
export class FrameMaker {
	/** Pictures that were no whole JPEG. */
	broken = 0;
	/** What the last good picture's headers said. */
	info: JpegInfo | undefined;
	private sequence = 0;

	/** Copies a picture into a frame of its own. @returns `undefined` when it is broken, which is counted */
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
