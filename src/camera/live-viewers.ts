import type { Millis } from "../core/time";
import type { FrameHub } from "../media/frame-hub";
import { MjpegViewer } from "./mjpeg-viewer";
import { Uplink } from "./uplink";

/** How many may watch, and what they may cost. */
export interface LiveViewersSettings {
	/** Live viewers at a time. @default 32 */
	readonly viewers: number;
	/** For all viewers from the Internet together, in kB/s; 0: no limit. @default 1500 */
	readonly uplink: number;
}

/** Lets visitors watch live: so many at a time, and those from the Internet within what the uplink carries. */
export class LiveViewers {
	/** How many watch. */
	watching = 0;
	private readonly uplink: Uplink | undefined;

	/** @param now tells the time when a stream ends */
	constructor(
		private readonly hub: FrameHub,
		private readonly settings: LiveViewersSettings,
		private readonly now: () => Millis,
	) {
		this.uplink = settings.uplink > 0 ? new Uplink(settings.uplink) : undefined;
	}

	/** True while nobody else may watch. */
	get full(): boolean {
		return this.watching >= this.settings.viewers;
	}

	/**
	 * Makes one more viewer; it counts until it is released.
	 * @param interval the least time between two frames, in milliseconds; 0 for all there are
	 * @param far true: it watches from the Internet
	 */
	watch(interval: Millis, far: boolean): MjpegViewer {
		this.watching++;
		return new MjpegViewer(this.hub, interval, this.now, far ? this.uplink : undefined, this);
	}

	/** A viewer has gone; called by it. */
	left(): void {
		this.watching--;
	}
}
