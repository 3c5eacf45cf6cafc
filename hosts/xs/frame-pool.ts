import type { Octets } from "../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { knownUtc, monotonic } from "./clock";
import { isPinned } from "./pinned-buffers";

/** Buffers kept for the next frames; a frame in the hub, one that comes, and some that slow viewers hold. */
const KEPT_MAX = 4;

/** Makes frames of pictures in buffers that are used again when nobody holds them any more. */
export class FramePool {
	private readonly free: Uint8Array[] = [];
	private readonly recycle: (bytes: Uint8Array) => void;
	private sequence = 0;

	constructor() {
		this.recycle = (bytes) => {
			if (this.free.length < KEPT_MAX) this.free.push(bytes);
		};
	}

	/** Copies a checked JPEG picture into a frame. The caller releases it. */
	make(picture: Uint8Array): Frame {
		const bytes = this.take(FRAME_HEADROOM + picture.length + FRAME_TAILROOM);
		bytes.set(picture, FRAME_HEADROOM);
		const end = FRAME_HEADROOM + picture.length;
		return new Frame(bytes, FRAME_HEADROOM, end, this.sequence++, monotonic(), knownUtc(), this.recycle);
	}

	private take(length: Octets): Uint8Array {
		for (let i = 0; i < this.free.length; i++) {
			const bytes = this.free[i];
			if (bytes.length < length || isPinned(bytes)) continue;
			this.free[i] = this.free[this.free.length - 1];
			this.free.pop();
			return bytes;
		}
		// Too small ones, and those that a viewer clings to, make room for one that fits.
		if (this.free.length === KEPT_MAX) this.free.shift();
		return new Uint8Array(length);
	}
}
