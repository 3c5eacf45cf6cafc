import type { Millis } from "../../../core/time";
import type { Frame } from "../../../media/frame";
import type { LumaGrid, LumaReader, LumaSink } from "../../../ports/luma";
import { MOTION_DEFAULTS, type MotionSettings } from "../../../storage/motion/motion-settings";
import { type MotionNews, MotionWatch } from "../../../storage/motion/motion-watch";
import type { CameraKey, Utc } from "../../../storage/recording";

/** Learns what a camera's pictures show. */
export interface WatchedCameraOwner {
	readonly luma: LumaReader;
	/** The least time between two pictures in which motion is looked for; `Infinity`: it is looked for in none. */
	readonly pause: Millis;
	now(): Millis;
	/** Motion began, grew or ended. It may be called while the recorder is at work. */
	moved(camera: WatchedCamera, news: MotionNews): void;
}

/** Looks for motion in the pictures of one camera, and keeps its newest picture and the one that shows the motion best. */
export class WatchedCamera implements LumaSink {
	readonly watch = new MotionWatch(MOTION_DEFAULTS);
	settings: MotionSettings = MOTION_DEFAULTS;
	/** The newest picture; `undefined`: none comes. */
	live: Frame | undefined;
	/** The picture of the current event, or of the last one. */
	best: Frame | undefined;
	/** The number of the event that lasts; 0: none. */
	event = 0;
	/** Why the brightness of the last picture could not be read; `undefined`: it could. */
	fault: string | undefined;
	/** Pictures in which motion was looked for. */
	pictures = 0;
	private at: Millis = -Infinity;
	private utc: Utc = 0;
	/** True: a picture is being read. */
	private isReading = false;

	constructor(
		readonly key: CameraKey,
		private readonly owner: WatchedCameraOwner,
	) {}

	/** Sets how motion is looked for. */
	set(settings: MotionSettings): void {
		this.settings = settings;
		this.watch.set(settings);
		if (!settings.isOn) this.end();
	}

	/** A picture came. */
	picture(frame: Frame, utc: Utc): void {
		this.live?.release();
		this.live = frame.retain();
		const now = this.owner.now();
		// A picture may come a little early.
		if (!this.settings.isOn || this.isReading || now - this.at < this.owner.pause * 0.9) return;
		this.at = now;
		this.utc = utc;
		this.isReading = true;
		if (!this.owner.luma.read(frame, this)) this.isReading = false;
	}

	/** No pictures come. */
	lost(): void {
		this.live?.release();
		this.live = undefined;
		this.end();
	}

	/** @see LumaSink */
	luma(frame: Frame, grid: LumaGrid): void {
		this.isReading = false;
		this.fault = undefined;
		this.pictures++;
		if (!this.settings.isOn) return;
		const news = this.watch.take(this.at, this.utc, grid);
		if (news === undefined) return;
		if (news !== "ended") {
			this.best?.release();
			this.best = frame.retain();
		}
		this.owner.moved(this, news);
	}

	/** @see LumaSink */
	failed(_frame: Frame, detail: string): void {
		this.isReading = false;
		this.fault = detail;
	}

	/** Releases the pictures. */
	close(): void {
		this.live?.release();
		this.best?.release();
		this.live = this.best = undefined;
	}

	private end(): void {
		const news = this.watch.lost();
		if (news !== undefined) this.owner.moved(this, news);
	}
}
