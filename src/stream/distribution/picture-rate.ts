import type { Millis } from "../../core/time";

/** A longer gap says nothing of the rate: the source was asleep. */
const GAP_MAX: Millis = 5000;

/** Measures how many pictures a source gives in a second. */
export class PictureRate {
	private mean: Millis = 0;
	private at: Millis = -Infinity;
	private sequence = 0;

	/** A picture was taken. @param sequence counts the source's pictures, dropped ones included */
	add(at: Millis, sequence: number): void {
		const gap = at - this.at;
		const pictures = sequence - this.sequence;
		this.at = at;
		this.sequence = sequence;
		if (!(gap > 0 && gap <= GAP_MAX && pictures > 0)) return;
		const interval = gap / pictures;
		this.mean += this.mean === 0 ? interval : (interval - this.mean) / 8;
	}

	/** Pictures per second, rounded; 0: not known yet. */
	get perSecond(): number {
		if (this.mean === 0) return 0;
		const rate = 1000 / this.mean;
		return rate >= 5 ? Math.round(rate) : Math.round(rate * 10) / 10;
	}
}
