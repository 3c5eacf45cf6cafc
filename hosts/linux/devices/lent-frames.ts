import type { Millis } from "../../../src/core/time";
import { Frame } from "../../../src/media/frame";
import type { LentCamera } from "./camera-driver";

/**
 * Makes frames of the memory that one opened camera lends, and gives it back when the last viewer is done.
 *
 * A view of each slot is kept, so that a frame costs one object and no octet is copied. It outlives the camera: frames
 * may come back long after it was unplugged.
 */
export class LentFrames {
	private readonly views: (Uint8Array | undefined)[] = [];
	/** One function for all frames. */
	private readonly recycle = (bytes: Uint8Array): void => this.giveBack(bytes);

	/** @param sequence of the camera's first picture, as frames count on when a camera is opened again */
	constructor(
		private readonly camera: LentCamera,
		private readonly sequence: number,
	) {}

	/** Takes the newest picture. @returns `undefined` when there is none @throws Error when the camera is gone */
	take(at: Millis, utc: Millis | undefined): Frame | undefined {
		const { camera } = this;
		const slot = camera.grab();
		if (slot < 0) return undefined;
		let view = this.views[slot];
		if (view === undefined || camera.fresh) {
			view = new Uint8Array(camera.memory(slot));
			while (this.views.length <= slot) this.views.push(undefined);
			this.views[slot] = view;
		}
		return new Frame(view, camera.start, camera.end, this.sequence + camera.sequence, at, utc, this.recycle);
	}

	private giveBack(bytes: Uint8Array): void {
		const slot = this.views.indexOf(bytes);
		if (slot >= 0) this.camera.release(slot);
	}
}
