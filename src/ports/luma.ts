import type { Frame } from "../media/frame";

/** A picture as the detector of motion sees it: the mean brightness of each block of 8 × 8 pixels. */
export interface LumaGrid {
	/** In blocks. */
	readonly columns: number;
	readonly rows: number;
	/** One octet a block, 0 black to 255 white, row by row. Valid during the call that brings it. */
	readonly blocks: Uint8Array;
}

/** Takes the answer of {@link LumaReader.read}. */
export interface LumaSink {
	/** @param frame as it was given */
	luma(frame: Frame, grid: LumaGrid): void;
	/** The blocks of the picture can't be read; `detail` is for the log. */
	failed(frame: Frame, detail: string): void;
}

/**
 * Reads the brightness of JPEG pictures without decoding them whole: from the DC coefficients alone.
 *
 * A host may do so in another thread. Pictures are read in order; each is retained until it is answered.
 * @see ITU-T T.81 §F.2.2.1
 */
export interface LumaReader {
	/** @returns false: too many wait, and this one is not read */
	read(frame: Frame, sink: LumaSink): boolean;
}
