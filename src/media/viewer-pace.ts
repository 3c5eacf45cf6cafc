import type { Millis, Octets } from "../core/time";
import type { Uplink } from "./uplink";

/** A frame may be this early, as cameras and timers have jitter. */
const EARLY: Millis = 4;

/**
 * Decides when a viewer's next frame is due: by the rate that it requested, and by its share of the uplink.
 *
 * It may lag by one frame and catch up, so that the rate is kept although frames arrive irregularly.
 */
export class ViewerPace {
	private dueAt: Millis = -Infinity;
	private owed: Octets = 0;

	/**
	 * @param interval the least time between two frames; 0: all frames. May be changed at any time
	 * @param uplink what the viewer shares with others; absent: it has no limit
	 */
	constructor(
		public interval: Millis,
		private readonly uplink: Uplink | undefined,
	) {}

	/** The viewer begins to watch. */
	join(now: Millis): void {
		if (this.uplink !== undefined) this.owed = this.uplink.join(now);
	}

	/** The viewer has gone. */
	leave(now: Millis): void {
		this.uplink?.leave(now);
	}

	/** Tells whether a frame may begin now. */
	isDue(now: Millis): boolean {
		return now + EARLY >= this.dueAt && (this.uplink === undefined || this.uplink.paid(now) >= this.owed);
	}

	/** A frame of this size begins. */
	begin(now: Millis, octets: Octets): void {
		const { interval, uplink } = this;
		if (interval > 0) this.dueAt = Math.max(this.dueAt, now - interval) + interval;
		if (uplink !== undefined) this.owed = Math.max(this.owed, uplink.paid(now) - octets) + octets;
	}
}
