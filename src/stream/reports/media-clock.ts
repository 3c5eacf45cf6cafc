import type { Millis } from "../../core/time";
import { ticksOf } from "../../media/video-clock";

/**
 * Relates the RTP timestamps of a content to monotonic time, for its sender reports. One for all viewers that get the same
 * timestamps; the owner calls {@link set} for each picture.
 */
export class MediaClock {
	private at: Millis = 0;
	private timestamp = 0;

	/** A picture with this timestamp was due at `at`. */
	set(at: Millis, timestamp: number): void {
		this.at = at;
		this.timestamp = timestamp;
	}

	/** The timestamp at an instant, 32 bits. */
	timestampAt(now: Millis): number {
		return ticksOf(now - this.at, this.timestamp);
	}
}
