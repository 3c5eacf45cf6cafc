import type { Millis } from "../../core/time";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { Utc } from "../recording";

/** How far the times of pictures on their own clock may be from their arrival; then they are aligned again. */
const DRIFT_MAX: Millis = 1000;
/** A time that is earlier than the one before by less than this is moved; by more, the machine's clock was set. */
const BACK_MAX: Millis = 2000;

/**
 * Gives the pictures of one camera their times: by arrival, smoothed by the camera's own clock where it has one, as pictures often
 * arrive in bursts. Times rise, except when the machine's clock is set.
 */
export class PictureClock {
	private last: Utc = -Infinity;
	/** A time of arrival and the camera's clock then; `undefined`: not aligned. */
	private base: Utc | undefined;
	private ticks = 0;

	/** Returns the time of a picture that has just arrived. @param arrived by the machine's clock */
	of(arrived: Utc): Utc {
		const isEarly = arrived <= this.last && this.last - arrived < BACK_MAX;
		this.last = isEarly ? this.last + 1 : arrived;
		return this.last;
	}

	/** Returns the time of a picture with a time on the camera's clock of 90 kHz, 32 bits. */
	ofTicks(arrived: Utc, ticks: number): Utc {
		const { base } = this;
		const time = base === undefined ? arrived : base + ((ticks - this.ticks) | 0) / TICKS_PER_MS;
		if (base === undefined || Math.abs(time - arrived) > DRIFT_MAX) {
			this.base = arrived;
			this.ticks = ticks;
			return this.of(arrived);
		}
		// So that the difference never exceeds its 32 bits.
		this.base = time;
		this.ticks = ticks;
		return this.of(Math.round(time));
	}

	/** The camera's clock may be another from now on. */
	reset(): void {
		this.base = undefined;
	}
}
