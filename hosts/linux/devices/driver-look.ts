import type { ChosenLook } from "../../../src/camera/chosen-look";
import type { PictureControls, PictureLook, Resolution } from "../../../src/ports/camera";
import { HAS_BRIGHTNESS, HAS_FLIP } from "./camera-driver";

/** The look that is requested from a camera, without what the driver of the open camera has no control for. */
export class DriverLook implements PictureControls {
	private shown: PictureLook;
	/** What {@link shown} was made of. */
	private source: PictureLook;
	private flags = HAS_BRIGHTNESS + HAS_FLIP;

	/** @param flagsOf returns what the open camera has controls for: a sum of {@link HAS_BRIGHTNESS} and {@link HAS_FLIP} */
	constructor(
		private readonly wanted: ChosenLook,
		private readonly flagsOf: () => number,
	) {
		this.shown = this.source = wanted.look;
	}

	/** The camera's size nearest to the one that is asked for is taken. */
	get resolutions(): readonly Resolution[] {
		return this.wanted.resolutions;
	}

	/** The same object until something has changed. */
	get look(): PictureLook {
		const { look } = this.wanted;
		const flags = this.flagsOf();
		if (look !== this.source || flags !== this.flags) {
			this.source = look;
			this.flags = flags;
			this.shown = {
				resolution: look.resolution,
				brightness: (flags & HAS_BRIGHTNESS) === 0 ? undefined : look.brightness,
				flip: (flags & HAS_FLIP) === 0 ? undefined : look.flip,
			};
		}
		return this.shown;
	}

	set(next: Partial<PictureLook>): void {
		this.wanted.set(next);
	}
}
