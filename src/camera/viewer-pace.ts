import type { Millis, Octets } from "../core/time";
import type { Uplink } from "./uplink";

/** A frame this much early counts as on time: cameras and timers jitter. */
const EARLY: Millis = 4;

/**
 * Says when a viewer's next frame is due: by the rate that it asked for, and by its share of the uplink.
 *
 * It may lag by one frame and catch up, so that its rate holds although frames come when they come.
 */
export class ViewerPace {
	private dueAt: Millis = -Infinity;
	private owed: Octets = 0;

	/**
	 * @param interval the least time between two frames; 0 for all there are
	 * @param uplink what the viewer shares with others; absent: nothing
	 */
	constructor(
		private readonly interval: Millis,
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

	/** Whether a frame may begin now. */
	isDue(now: Millis): boolean {
		return now + EARLY >= this.dueAt && (this.uplink === undefined || this.uplink.paid(now) >= this.owed);
	}

	/** A frame of so many octets begins. */
	begin(now: Millis, octets: Octets): void {
		const { interval, uplink } = this;
		if (interval > 0) this.dueAt = Math.max(this.dueAt, now - interval) + interval;
		if (uplink !== undefined) this.owed = Math.max(this.owed, uplink.paid(now) - octets) + octets;
	}
}
