import type { Millis } from "../../../src/core/time";
import { Frame } from "../../../src/media/frame";
import type { LentCamera } from "./camera-driver";
import { LentMemory } from "./lent-memory";

/** Wraps the memory that an open camera lends in frames; a frame costs one object. */
export class LentFrames {
	private readonly memory: LentMemory;

	/**
	 * @param sequence of the camera's first picture, as frames count on when a camera is opened again
	 * @param isHeld true while a connection still sends from `bytes`, though its viewer has released the frame
	 */
	constructor(
		private readonly camera: LentCamera,
		private readonly sequence: number,
		isHeld: (bytes: Uint8Array) => boolean,
	) {
		this.memory = new LentMemory(camera, isHeld);
	}

	/** Takes the newest picture. @returns `undefined` when there is none @throws Error when the camera is gone */
	take(at: Millis, utc: Millis | undefined): Frame | undefined {
		const { camera, memory } = this;
		const view = memory.take();
		if (view === undefined) return undefined;
		return new Frame(view, camera.start, camera.end, this.sequence + camera.sequence, at, utc, memory.recycle);
	}
}
