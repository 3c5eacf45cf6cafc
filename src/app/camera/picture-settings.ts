import { FLIPS, isOffered, OWN_RESOLUTION } from "../../camera/chosen-look";
import { isJpegQuality } from "../../media/jpeg-quality";
import type { Flip, FrameSource, PictureControls, PictureLook, Resolution } from "../../ports/camera";
import type { Store } from "../../ports/store";
import type { PictureView } from "../../web/camera-page";
import { MESSAGES } from "../../web/messages";

/** The keys in the store. */
const QUALITY_KEY = "quality";
const LOOK_KEY = "look";

/** The name of the size that a source has by itself. */
const OWN = "auto";

/** What can be changed of a source's pictures. */
export type PictureOwner = Pick<FrameSource, "quality" | "controls">;

/** Restores the stored quality and look, as far as the source can have them. */
export function restorePicture({ quality, controls }: PictureOwner, store: Store): void {
	const kept = Number(store.read(QUALITY_KEY) ?? "");
	if (isJpegQuality(kept)) quality?.set(kept);
	const [size, brightness, flip] = (store.read(LOOK_KEY) ?? "").split(" ");
	if (controls === undefined || flip === undefined) return;
	const parts: readonly Partial<PictureLook>[] = [
		{ resolution: sizeOf(size) },
		{ brightness: Number(brightness) },
		{ flip: flip as Flip },
	];
	for (const part of parts) if (isOffered(controls, part)) controls.set(part);
}

/**
 * Changes quality and look as a form asks, and keeps both for the next start: all that it asks for, or nothing.
 * @returns what is wrong; `undefined`: it is done
 * @throws {StoreError} when it can't be stored; then nothing has changed
 */
export function changePicture(
	{ quality, controls }: PictureOwner,
	form: ReadonlyMap<string, string>,
	store: Store,
): { readonly fault: string; readonly status?: number } | undefined {
	const { wrong } = MESSAGES;
	const [asked, size, light, flip] = ["quality", "resolution", "brightness", "flip"].map((name) => form.get(name));
	const value = Number(asked);
	if (asked !== undefined) {
		if (quality === undefined) return { fault: wrong.noQuality, status: 409 };
		if (!(value >= 1 && value <= 100)) return { fault: wrong.quality };
	}
	const look: Partial<PictureLook> = {
		resolution: size === undefined ? undefined : (sizeOf(size) ?? NO_SIZE),
		brightness: light === undefined ? undefined : light.trim() === "" ? Number.NaN : Number(light),
		flip: flip as Flip | undefined,
	};
	const fault = faultOf(controls, look);
	if (fault !== undefined) return fault;
	if (asked === undefined && size === undefined && light === undefined && flip === undefined)
		return { fault: wrong.picture };
	if (asked !== undefined) store.write(QUALITY_KEY, `${Math.round(value)}`);
	if (controls !== undefined && (size ?? light ?? flip) !== undefined) {
		const next = { ...controls.look };
		if (look.resolution !== undefined) next.resolution = look.resolution;
		if (look.brightness !== undefined) next.brightness = look.brightness;
		if (look.flip !== undefined) next.flip = look.flip;
		store.write(
			LOOK_KEY,
			`${nameOf(next.resolution ?? OWN_RESOLUTION)} ${next.brightness ?? 0} ${next.flip ?? "none"}`,
		);
		controls.set(look);
	}
	if (asked !== undefined) quality?.set(Math.round(value));
	return undefined;
}

/** What the camera's page and programs see of quality and look; `undefined`: nothing can be changed. */
export function pictureViewOf({ quality, controls }: PictureOwner): PictureView | undefined {
	if (quality === undefined && controls === undefined) return undefined;
	const { resolution, brightness, flip } = controls?.look ?? NO_LOOK;
	const sizes = resolution === undefined ? [] : [OWN, ...(controls?.resolutions ?? []).map(nameOf)];
	return {
		quality: quality?.value,
		resolution: resolution && nameOf(resolution),
		resolutions: sizes,
		brightness,
		flip,
	};
}

const NO_LOOK: PictureLook = Object.freeze({ resolution: undefined, brightness: undefined, flip: undefined });
const NO_SIZE: Resolution = Object.freeze({ width: -1, height: -1 });

function faultOf(
	controls: PictureControls | undefined,
	{ resolution, brightness, flip }: Partial<PictureLook>,
): { readonly fault: string; readonly status?: number } | undefined {
	const { wrong } = MESSAGES;
	const { look = NO_LOOK } = controls ?? {};
	const isMissing =
		(resolution !== undefined && look.resolution === undefined) ||
		(brightness !== undefined && look.brightness === undefined) ||
		(flip !== undefined && look.flip === undefined);
	if (isMissing) return { fault: wrong.noLook, status: 409 };
	if (controls === undefined) return undefined;
	if (!isOffered(controls, { resolution }))
		return { fault: wrong.resolution([OWN, ...controls.resolutions.map(nameOf)].join(", ")) };
	if (!isOffered(controls, { brightness })) return { fault: wrong.brightness };
	return isOffered(controls, { flip }) ? undefined : { fault: wrong.flip(FLIPS.join(", ")) };
}

/** `1280x720`, or `auto` for the source's own size. */
function nameOf({ width, height }: Resolution): string {
	return width === 0 ? OWN : `${width}x${height}`;
}

/** @returns `undefined` when the text is not a size */
function sizeOf(text: string): Resolution | undefined {
	if (text === OWN) return OWN_RESOLUTION;
	const [width, height, more] = text.split("x");
	const size = { width: Number(width), height: Number(height) };
	return more === undefined && size.width > 0 && size.height > 0 ? size : undefined;
}
