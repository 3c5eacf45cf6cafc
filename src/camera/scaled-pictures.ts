import type { Millis } from "../core/time";
import type { Frame } from "../media/frame";
import { JpegSize } from "../media/jpeg-size";
import type { Thumbnailer } from "../ports/thumbnailer";

/** The widths that pictures are scaled to, in pixels: few, so that viewers share them. */
export const SCALED_WIDTHS: readonly number[] = Object.freeze([160, 320, 640, 1280]);
/** A scaled picture serves others who ask within this time. */
const SHARED: Millis = 200;
/** The most clients that wait for one picture. */
const WAITING_MAX = 64;

/** Takes a scaled picture; `undefined`: the whole picture has to do. */
export type ScaledTaker = (jpeg: Uint8Array | undefined) => void;

/** Pictures of one width. */
interface ScaledWidth {
	readonly width: number;
	/** The newest one, and when it was asked for; `undefined`: it could not be made. */
	jpeg: Uint8Array | undefined;
	at: Millis;
	/** The clients that wait for the one that is being made; `undefined`: none is. */
	takers: ScaledTaker[] | undefined;
}

/**
 * Scales a camera's pictures for pages that show many: each picture once for each width, for all clients, and one at a time. At most one
 * picture of each width is kept.
 */
export class ScaledPictures {
	/** Pictures that were scaled. */
	made = 0;
	/** None where the host can't scale. */
	private readonly steps: readonly ScaledWidth[];
	private readonly size = new JpegSize();

	/** @param thumbnailer absent: this host can't scale */
	constructor(private readonly thumbnailer: Thumbnailer | undefined) {
		const widths = thumbnailer === undefined ? [] : SCALED_WIDTHS;
		this.steps = widths.map((width) => ({ width, jpeg: undefined, at: -Infinity, takers: undefined }));
	}

	/**
	 * Gives a picture that is at least `width` pixels wide, if the original is clearly wider.
	 * @param take called once, now or later
	 */
	get(now: Millis, frame: Frame, width: number, take: ScaledTaker): void {
		const step = this.steps.find((each) => each.width >= width);
		if (step === undefined || this.thumbnailer === undefined || !this.isWider(frame, step.width)) take(undefined);
		else if (now - step.at <= SHARED) take(step.jpeg);
		else if (step.takers === undefined) this.make(now, this.thumbnailer, step, frame, take);
		else if (step.takers.length < WAITING_MAX) step.takers.push(take);
		else take(undefined);
	}

	private isWider({ bytes, start, end }: Frame, width: number): boolean {
		return this.size.read(bytes, start, end) && this.size.width > width;
	}

	private make(now: Millis, thumbnailer: Thumbnailer, step: ScaledWidth, frame: Frame, take: ScaledTaker): void {
		const takers = [take];
		step.takers = takers;
		thumbnailer.make(frame, step.width, (jpeg) => {
			step.takers = undefined;
			step.jpeg = jpeg;
			step.at = now;
			if (jpeg !== undefined) this.made++;
			for (const each of takers) each(jpeg);
		});
	}
}
