import type { Octets } from "../../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { knownUtc, monotonic } from "../adapters/clock";
import { isPinned } from "../adapters/pinned-buffers";

/** Buffers with the picture that are kept; more are made while slow viewers hold these. */
const KEPT_MAX = 3;

/**
 * One picture that is shown again and again: as a resource, a file, a test card.
 *
 * Each frame reuses a released buffer that already has the picture in it, so nothing is copied.
 */
export class StillPicture {
	private readonly free: Uint8Array[] = [];
	private readonly picture: Uint8Array;
	private readonly end: Octets;
	private readonly recycle: (bytes: Uint8Array) => void;

	/** @param picture a checked JPEG, which is copied */
	constructor(picture: Uint8Array) {
		this.end = FRAME_HEADROOM + picture.length;
		this.picture = new Uint8Array(this.end + FRAME_TAILROOM);
		this.picture.set(picture, FRAME_HEADROOM);
		this.free.push(this.picture);
		this.recycle = (bytes) => {
			if (this.free.length < KEPT_MAX) this.free.push(bytes);
		};
	}

	/** Makes a frame of it, as if it were taken now. The caller releases it. */
	frame(sequence: number): Frame {
		return new Frame(this.take(), FRAME_HEADROOM, this.end, sequence, monotonic(), knownUtc(), this.recycle);
	}

	private take(): Uint8Array {
		for (let i = 0; i < this.free.length; i++) {
			const bytes = this.free[i];
			if (isPinned(bytes)) continue;
			this.free[i] = this.free[this.free.length - 1];
			this.free.pop();
			return bytes;
		}
		// The head room and the tail room may hold another frame's; they are written before they are sent.
		return this.picture.slice();
	}
}
