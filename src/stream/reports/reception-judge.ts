import type { Millis } from "../../core/time";
import { DelayJudge } from "./delay-judge";
import type { Reception } from "./rtcp-session";

/**
 * How well a client receives. `good`: more may be tried. `fair`: as it is. `moderate`, `heavy`: less must be sent.
 * `unknown`: too little was observed.
 */
export type Verdict = "unknown" | "good" | "fair" | "moderate" | "heavy";

/** The shares of packets lost at which a verdict begins; at the first no second window is waited for. */
const LOSS_EXTREME = 0.2;
const LOSS_HEAVY = 0.1;
const LOSS_MODERATE = 0.05;
const LOSS_GOOD = 0.025;
/** The shares of pictures missed by a busy connection. */
const MISSED_HEAVY = 0.5;
const MISSED_MODERATE = 0.15;
const MISSED_GOOD = 0.05;
/** A verdict needs so much time and so many packets, or more time. */
const WINDOW: Millis = 1400;
const WINDOW_PACKETS = 150;
const WINDOW_MAX: Millis = 12_000;
/** So many packets suffice when extremely many are lost. */
const EXTREME_PACKETS = 40;
/** So many pictures, for a busy connection. */
const WINDOW_PICTURES = 8;
/** What was under way at a change says nothing about it: reports that come so soon after it are ignored. */
const SETTLE: Millis = 1000;
/** Judges how well a client receives, from windows of several reports or ticks, so that chance does not decide. */
export class ReceptionJudge {
	/** How long the last window was: with few packets they are long. */
	span: Millis = 0;
	/** The share of packets lost, or of pictures missed, in the last window. */
	share = 0;
	/** The present window: its start, and what came in it. */
	private since: Millis = -Infinity;
	private packets = 0;
	private lost = 0;
	private settledAt: Millis = -Infinity;
	/** The verdict of the window before, if it was bad: one alone may be chance. */
	private before: Verdict = "good";
	private readonly delay = new DelayJudge();
	/** Reports with a long delay, and with one that falls. */
	private long = 0;
	private falling = 0;
	private reports = 0;
	/** The counts of a busy connection at the start of the window; `undefined`: there were none. */
	private deliveredBefore: number | undefined;
	private missedBefore: number | undefined;

	/** Takes a report. */
	reported(now: Millis, reception: Reception): Verdict {
		if (now < this.settledAt) return "unknown";
		if (this.since === -Infinity) {
			this.begin(now);
			return "unknown";
		}
		const { loss, expected } = reception;
		this.packets += expected;
		this.lost += loss * expected;
		this.reports++;
		const delay = this.delay.observe(now, reception, this.settledAt - SETTLE);
		if (delay === "long") this.long++;
		else if (delay === "falling") this.falling++;
		const span = now - this.since;
		const share = this.packets > 0 ? this.lost / this.packets : 0;
		const enough = share >= LOSS_EXTREME ? EXTREME_PACKETS : WINDOW_PACKETS;
		if (span < WINDOW || (this.packets < enough && span < WINDOW_MAX)) return "unknown";
		const isLong = this.long * 2 > this.reports;
		const isShort = this.long * 2 + this.falling * 2 <= this.reports;
		this.span = span;
		this.share = share;
		this.begin(now);
		if (share >= LOSS_EXTREME) return "heavy";
		if (share >= LOSS_HEAVY) return this.verdict("heavy");
		if (share >= LOSS_MODERATE || isLong) return this.verdict("moderate");
		return this.verdict(share <= LOSS_GOOD && isShort ? "good" : "fair");
	}

	/**
	 * Takes the counts of a busy connection.
	 * @param delivered pictures that it took so far
	 * @param missed pictures that it missed so far
	 */
	counted(now: Millis, delivered: number, missed: number): Verdict {
		const { deliveredBefore = 0, missedBefore = 0 } = this;
		const took = delivered - deliveredBefore;
		const lost = missed - missedBefore;
		if (this.since === -Infinity || took < 0 || lost < 0) {
			this.beginCounts(now, delivered, missed);
			return "unknown";
		}
		const span = now - this.since;
		if (span < WINDOW || (took + lost < WINDOW_PICTURES && span < WINDOW_MAX)) return "unknown";
		this.span = span;
		this.beginCounts(now, delivered, missed);
		if (took + lost === 0) return "unknown";
		const share = lost / (took + lost);
		this.share = share;
		if (share >= MISSED_HEAVY) return "heavy";
		if (share >= MISSED_MODERATE) return this.verdict("moderate");
		return this.verdict(share <= MISSED_GOOD ? "good" : "fair");
	}

	/** Another share of pictures is sent from now on. */
	changed(now: Millis): void {
		this.before = "good";
		this.settledAt = now + SETTLE;
		this.begin(now);
	}

	/** Forgets the present window, as after a pause. */
	restart(): void {
		this.since = -Infinity;
		this.before = "good";
	}

	/** A bad window counts once a second one confirms it; of the two the milder one. */
	private verdict(found: Verdict): Verdict {
		const { before } = this;
		this.before = found;
		if (found !== "moderate" && found !== "heavy") return found;
		if (before === "moderate" || before === "heavy") return found === before ? found : "moderate";
		return "fair";
	}

	private begin(now: Millis): void {
		this.since = now;
		this.packets = 0;
		this.lost = 0;
		this.reports = 0;
		this.long = 0;
		this.falling = 0;
	}

	private beginCounts(now: Millis, delivered: number, missed: number): void {
		this.begin(now);
		this.deliveredBefore = delivered;
		this.missedBefore = missed;
	}
}
