import type { Millis } from "../../core/time";

/** The rate of RTP timestamps of video, in ticks per millisecond. @see RFC 2435 §3.1, RFC 6184 §8.2.1 */
const TICKS: number = 90;

/**
 * Relates the RTP timestamps of a content to monotonic time, for its sender reports. One for all viewers that get the same
 * timestamps; the owner calls {@link set} for each picture.
 */
export class MediaClock {
	private at: Millis = 0;
	private timestamp = 0;
	/** How fast the timestamps run: 2 for twice as fast. */
	speed = 1;

	/** A picture with this timestamp was due at `at`. */
	set(at: Millis, timestamp: number): void {
		this.at = at;
		this.timestamp = timestamp;
	}

	/** The timestamp at an instant, 32 bits. */
	timestampAt(now: Millis): number {
		return (this.timestamp + Math.round((now - this.at) * TICKS * this.speed)) >>> 0;
	}
}
