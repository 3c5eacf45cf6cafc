import type { Octets } from "../../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { type JpegInfo, parseJpeg } from "../../../src/media/jpeg";
import { copyPicture, lackingTables, TABLES_LENGTH } from "../../../src/media/jpeg-mend";
import { knownUtc, monotonic } from "../clock";

/** Makes frames of a source's pictures, checks them, and counts broken ones (IMG-17). */
export class FrameMaker {
	/** Pictures that were not complete JPEGs. */
	broken = 0;
	/** The header information of the last good picture. */
	info: JpegInfo | undefined;
	private sequence = 0;

	/** Copies a picture into a new frame, with the Huffman tables that it may lack. @returns `undefined` when it is broken, which is counted */
	make(bytes: Uint8Array, start: Octets, end: Octets): Frame | undefined {
		const sequence = this.sequence++;
		const info = parseJpeg(bytes, start, end);
		if (info === undefined) {
			this.broken++;
			return undefined;
		}
		this.info = info;
		const lacking = lackingTables(bytes, start, info.scanStart);
		const until = FRAME_HEADROOM + (end - start) + (lacking > 0 ? TABLES_LENGTH : 0);
		const room = new Uint8Array(until + FRAME_TAILROOM);
		copyPicture(room, FRAME_HEADROOM, bytes, start, end, lacking);
		return new Frame(room, FRAME_HEADROOM, until, sequence, monotonic(), knownUtc());
	}
}
