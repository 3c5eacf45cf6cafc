import type { Flip, PictureControls, PictureLook, Resolution } from "../ports/camera";

/** The size that a source has by itself. */
export const OWN_RESOLUTION: Resolution = Object.freeze({ width: 0, height: 0 });

/** The sizes to choose from of a source that scales, or whose camera takes the nearest one that it has. */
export const COMMON_SIZES: readonly Resolution[] = Object.freeze([
	Object.freeze({ width: 1920, height: 1080 }),
	Object.freeze({ width: 1280, height: 720 }),
	Object.freeze({ width: 640, height: 480 }),
	Object.freeze({ width: 320, height: 240 }),
]);

/** All ways to turn a picture over. */
export const FLIPS: readonly Flip[] = Object.freeze(["none", "horizontal", "vertical", "both"]);

/** How a source looks by itself, if all of it can be changed. */
export const OWN_LOOK: PictureLook = Object.freeze({ resolution: OWN_RESOLUTION, brightness: 0, flip: "none" });

/** Returns whether a number is a brightness: a whole number from -100 to 100. */
function isBrightness(value: number): boolean {
	return Number.isInteger(value) && value >= -100 && value <= 100;
}

/** Whether two sizes are the same. */
export function isSameSize(one: Resolution | undefined, other: Resolution | undefined): boolean {
	return one?.width === other?.width && one?.height === other?.height;
}

/** The look that is requested from a source, which learns of each change. */
export class ChosenLook implements PictureControls {
	/**
	 * @param resolutions the sizes that can be chosen; {@link OWN_RESOLUTION} always can if there are any
	 * @param look what it is at first; members that are `undefined` can't be changed
	 * @param changed called after each change
	 */
	constructor(
		readonly resolutions: readonly Resolution[],
		public look: PictureLook = OWN_LOOK,
		private readonly changed: () => void = NOTHING,
	) {}

	set(wanted: Partial<PictureLook>): void {
		if (!isOffered(this, wanted)) throw new RangeError("the source does not offer this look");
		const { resolution, brightness, flip } = this.look;
		const next = {
			resolution: wanted.resolution ?? resolution,
			brightness: wanted.brightness ?? brightness,
			flip: wanted.flip ?? flip,
		};
		if (isSameSize(next.resolution, resolution) && next.brightness === brightness && next.flip === flip) return;
		this.look = next;
		this.changed();
	}
}

/** Whether a source offers what is wanted of its look. */
export function isOffered({ look, resolutions }: PictureControls, wanted: Partial<PictureLook>): boolean {
	const { resolution, brightness, flip } = wanted;
	const isSizeKnown =
		resolution === undefined ||
		(look.resolution !== undefined &&
			(isSameSize(resolution, OWN_RESOLUTION) || resolutions.some((each) => isSameSize(each, resolution))));
	return (
		isSizeKnown &&
		(brightness === undefined || (look.brightness !== undefined && isBrightness(brightness))) &&
		(flip === undefined || (look.flip !== undefined && FLIPS.includes(flip)))
	);
}

const NOTHING = (): void => {};
