import type { Millis } from "../../core/time";
import type { Reception } from "./rtcp-session";

/** `long`: packets queue on the way. `falling`: they did, and the queue gets shorter, or it is not known yet whether it does. */
export type Delay = "short" | "falling" | "long";

/** Jitter is trouble when it is so much, and so many times as much as usual; a round trip, when it is so much longer than the shortest. */
const JITTER_MIN: Millis = 40;
const JITTER_TIMES = 3;
const ROUND_TRIP_MORE: Millis = 300;
/** How long usual jitter takes to follow what is reported, and how much longer the shortest round trip gets each second: routes change. */
const USUAL_TIME: Millis = 30_000;
const ROUND_TRIP_DRIFT = 0.002;
/** A round trip shrinks at least to this part of the one before, or the queue does not get shorter. */
const FALLING = 0.9;
/** How long the first round trip after a change is waited for: sender reports are at most 7.5 s apart, and reports on them follow. */
const PROBE_WAIT: Millis = 15_000;

/** Tells from jitter and round trips whether packets queue on the way to a client, before they are lost. */
export class DelayJudge {
	private usualJitter: Millis = -1;
	private at: Millis = 0;
	private leastRoundTrip: Millis = Infinity;
	/** The last round trip, that before, and when the sender report of the last one left. */
	private last: Millis = 0;
	private before: Millis = 0;
	private probedAt: Millis = -Infinity;

	/**
	 * Takes a report.
	 * @param changedAt when the share of pictures last changed: round trips from before it tell nothing about it
	 */
	observe(now: Millis, { jitter, roundTrip, probedAt }: Reception, changedAt: Millis): Delay {
		const since = this.usualJitter < 0 ? 0 : now - this.at;
		const usual = this.usualJitter < 0 ? jitter : this.usualJitter;
		this.at = now;
		this.usualJitter = usual + (jitter - usual) * Math.min(1, since / USUAL_TIME);
		const isJittery = jitter > JITTER_MIN && jitter > usual * JITTER_TIMES;
		if (roundTrip === undefined) return isJittery ? "long" : "short";
		this.leastRoundTrip = Math.min(roundTrip, this.leastRoundTrip + since * ROUND_TRIP_DRIFT);
		if (probedAt !== this.probedAt) {
			this.probedAt = probedAt;
			this.before = this.last;
		}
		this.last = roundTrip;
		const isLong = roundTrip > this.leastRoundTrip + ROUND_TRIP_MORE;
		if (isJittery) return "long";
		if (probedAt < changedAt) return isLong && now - changedAt < PROBE_WAIT ? "falling" : "short";
		if (!isLong) return "short";
		return roundTrip < this.before * FALLING ? "falling" : "long";
	}
}
