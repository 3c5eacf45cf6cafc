import type { LentCamera } from "./camera-driver";

/**
 * The memory that an open camera lends, and returns to it after the last viewer has released it.
 *
 * A view of each slot is kept, so that no octet is copied. It outlives the camera: pictures may come back long after it was
 * unplugged.
 */
export class LentMemory {
	/** To be called at the last release of a picture; one function for all. */
	readonly recycle = (bytes: Uint8Array): void => this.giveBack(bytes);
	private readonly views: (Uint8Array | undefined)[] = [];
	/** Slots that no viewer holds, but a connection still sends from. */
	private readonly held: number[] = [];

	/** @param isHeld true while a connection still sends from `bytes`, though its viewer has released the picture */
	constructor(
		private readonly camera: LentCamera,
		private readonly isHeld: (bytes: Uint8Array) => boolean,
	) {}

	/** Takes the next picture, which the camera describes then. @returns `undefined` when there is none @throws Error when the camera is gone */
	take(): Uint8Array | undefined {
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
		return view;
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
