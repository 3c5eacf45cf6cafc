import type { Millis } from "../../../src/core/time";
import { Frame } from "../../../src/media/frame";
import type { LentCamera } from "./camera-driver";

/**
 * Wraps the memory that an open camera lends in frames, and returns it after the last viewer has released it.
 *
 * A view of each slot is kept, so that a frame costs one object and no octet is copied. It outlives the camera: frames
 * may come back long after it was unplugged.
 */
export class LentFrames {
	private readonly views: (Uint8Array | undefined)[] = [];
	/** Slots that no viewer holds, but a connection still sends from. */
	private readonly held: number[] = [];
	/** One function for all frames. */
	private readonly recycle = (bytes: Uint8Array): void => this.giveBack(bytes);

	/**
	 * @param sequence of the camera's first picture, as frames count on when a camera is opened again
	 * @param isHeld true while a connection still sends from `bytes`, though its viewer has released the frame
	 */
	constructor(
		private readonly camera: LentCamera,
		private readonly sequence: number,
		private readonly isHeld: (bytes: Uint8Array) => boolean,
	) {}

	/** Takes the newest picture. @returns `undefined` when there is none @throws Error when the camera is gone */
	take(at: Millis, utc: Millis | undefined): Frame | undefined {
		const { camera } = this;
		if (this.held.length > 0) this.sweep();
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
		if (slot < 0) return;
		if (this.isHeld(bytes)) this.held.push(slot);
		else this.camera.release(slot);
	}

	/** Returns the slots that no connection sends from any more. */
	private sweep(): void {
		for (let i = this.held.length - 1; i >= 0; i--) {
			const slot = this.held[i];
			const view = this.views[slot];
			if (view !== undefined && this.isHeld(view)) continue;
			const last = this.held.pop() as number;
			if (i < this.held.length) this.held[i] = last;
			this.camera.release(slot);
		}
	}
}
