import type { Frame } from "../media/frame";

/**
 * Makes small copies of pictures for pages that show many at once.
 *
 * A host has one where it can scale pictures in little time without keeping anything else waiting; without one, pages get whole
 * pictures, and ask for them less often.
 */
export interface Thumbnailer {
	/**
	 * Scales a picture down, keeping its proportions.
	 * @param frame retained by the callee while it needs it
	 * @param width in pixels, less than the picture's
	 * @param done called once, now or later; without a picture when it can't be scaled
	 */
	make(frame: Frame, width: number, done: (jpeg: Uint8Array | undefined) => void): void;
}
