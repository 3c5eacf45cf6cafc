import type { Millis } from "../../core/time";
import { TICKS_PER_MS } from "../../media/video-clock";
import type { Ticks } from "./stored-content";

/**
 * Tells when the pictures of a stored content are due, and their RTP timestamps.
 *
 * Timestamps advance with the clock, faster only with the speed of delivery, whatever the scale is; they do so across pauses and
 * seeks too, so that players see no jump.
 * @see RFC 2326 §12.34, §12.35, Appendix B
 */
export class StoredClock {
	private scale = 1;
	private speed = 1;
	/** The picture at this time has this timestamp and is due at `time`; those of the others follow. */
	private at: Ticks = 0;
	private time: Millis = 0;
	private sent = 0;
	private hasSent = false;

	/** @param timestamp of the first picture */
	constructor(private timestamp: number) {}

	/** Begins another range: its first picture has the timestamp of this moment, which is returned. */
	restart(now: Millis, scale: number, speed: number): number {
		const timestamp = this.timestampAt(now);
		const isLater = ((timestamp - this.sent) | 0) >= TICKS_PER_MS;
		if (this.hasSent) this.timestamp = isLater ? timestamp : (this.sent + TICKS_PER_MS) >>> 0;
		this.scale = scale;
		this.speed = speed;
		this.time = now;
		return this.timestamp;
	}

	/** The first picture of the range was read. */
	begin(now: Millis, at: Ticks): void {
		this.at = at;
		this.time = now;
	}

	/** The timestamp of this moment, for sender reports. */
	timestampAt(now: Millis): number {
		const passed = this.hasSent ? Math.max(0, now - this.time) * TICKS_PER_MS * this.speed : 0;
		return (this.timestamp + Math.round(passed)) >>> 0;
	}

	/** When a picture is due; a fraction of a millisecond is possible. */
	due(at: Ticks): Millis {
		return this.time + (at - this.at) / this.scale / TICKS_PER_MS / this.speed;
	}

	/** The timestamp of a picture, which is sent now. */
	stamp(at: Ticks): number {
		this.hasSent = true;
		this.sent = (this.timestamp + Math.round((at - this.at) / this.scale)) >>> 0;
		return this.sent;
	}

	/** Nothing was recorded for a time, which passes at once. @param gap negative backwards */
	skip(gap: Ticks): void {
		this.at += gap;
	}

	/** All pictures are due this much later. */
	delay(late: Millis): void {
		this.time += late;
	}
}
