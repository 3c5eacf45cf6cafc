import type { Millis } from "../../core/time";
import type { VideoEncoding } from "../../media/video-encoding";
import type { Framing } from "../packets/packet-burst";
import { ReceptionJudge, type Verdict } from "./reception-judge";
import type { Reception } from "./rtcp-session";

/** The most steps of lower quality that a stream asks for. */
export const DEMAND_MAX = 4;
/** How much a step divides the rate of pictures; more of them than a content's rate allows are not used. */
const DIVISORS: readonly number[] = Object.freeze([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 60]);
/** The rate of a content whose rate is not known. */
const USUAL_RATE = 30;
/** Moderate loss lowers the rate to a quarter at most: if that does not help, the loss is not ours. */
const MODERATE_STEPS = 3;
/** The time without trouble after which a step up is tried; it doubles each time that this step fails. */
const PROBATION: Millis = 6000;
const PROBATION_MAX: Millis = 300_000;
/** A step up has failed when trouble follows within this time, within three reports or windows, or sooner than it was waited for. */
const PROOF: Millis = 15_000;
/**
 * A client that has reported and falls silent for this many intervals is treated like one that loses half. Some players report after
 * so many octets, others after so much time: as many pictures must have been sent as well.
 */
const SILENT_INTERVALS = 4;
const SILENCE_MIN: Millis = 10_000;
const SILENT_SHARE = 0.5;
/** Less is sent than what arrived, as a path that is full needs room to recover. */
const MARGIN = 1.1;
/** From this step on it goes up by two steps, unless one of them has failed. */
const QUICK_STEP = 4;

/**
 * Decides for one stream how many of the pictures are sent, from the client's reports (UDP) or from the pictures that it missed
 * because its connection was busy (TCP).
 *
 * JPEG: one picture in 1, 2, 3 … down to about one a second; H.264: all pictures or key pictures only. Where that does not
 * suffice, {@link demand} asks for smaller pictures, for all viewers. It recovers step by step in the reverse order; the time that
 * must pass before a step up grows each time that step has failed, so that it does not oscillate.
 *
 * The owner calls {@link reported} for each report, and {@link tick} about once a second while the stream plays. While
 * {@link isReduced} it asks {@link takes} for each picture. A client that never reports gets all pictures.
 * @see STR-10, RFC 8083
 */
export class BandwidthManager {
	/** How many steps of lower quality the stream asks for: 0 to {@link DEMAND_MAX}. */
	demand = 0;
	/** How often the share of pictures or the demand has changed. */
	changes = 0;
	/** The step of the rate: 0 for all pictures. */
	private step = 0;
	/** Pictures since the last that was sent. */
	private skipped = 0;
	/** After key pictures alone, those between them make sense from the next key picture on. */
	private awaitsKey = false;
	private readonly judge: ReceptionJudge;
	/** Since when there is no trouble; `Infinity`: there is. */
	private goodSince: Millis = Infinity;
	/** When it last went up; `-Infinity`: not since it last went down. */
	private raisedAt: Millis = -Infinity;
	/**
	 * How long there must be no trouble before a step is taken back: one for each step, the demands after the rates. `undefined`:
	 * none has been taken back yet.
	 */
	private probation: Millis[] | undefined;
	private reportedAt: Millis = -Infinity;
	private interval: Millis = 0;
	private silentAt: Millis = Infinity;
	/** Pictures that the client took, until now and until its last report, and how many there are between two reports. */
	private taken = 0;
	private takenAtReport = 0;
	private perReport = 0;

	/** @param rate pictures per second of the content; 0: not known. May be set later. */
	constructor(
		private readonly encoding: VideoEncoding,
		private readonly framing: Framing,
		public rate: number,
	) {
		this.judge = new ReceptionJudge();
	}

	/** One picture in this many is sent; 1 for H.264. */
	get divisor(): number {
		return this.encoding === "JPEG" ? DIVISORS[this.step] : 1;
	}

	/** True: only key pictures are sent (H.264). */
	get keyOnly(): boolean {
		return this.encoding === "H264" && this.step > 0;
	}

	/** Whether {@link takes} must be asked. */
	get isReduced(): boolean {
		return this.step > 0 || this.awaitsKey;
	}

	/** Tells whether the next picture is to be sent; called once for each picture of the content that is due. */
	takes(isKey: boolean): boolean {
		if (this.encoding === "H264") {
			if (isKey) this.awaitsKey = this.step > 0;
			return isKey || !(this.step > 0 || this.awaitsKey);
		}
		if (++this.skipped < DIVISORS[this.step]) return false;
		this.skipped = 0;
		return true;
	}

	/** A report about the stream came; without a meaning for the framing `tcp`. */
	reported(now: Millis, reception: Reception): void {
		if (this.framing !== "udp") return;
		if (this.reportedAt > -Infinity) {
			const since = Math.min(now - this.reportedAt, SILENCE_MIN);
			this.interval = this.interval === 0 ? since : this.interval + (since - this.interval) / 4;
			this.perReport += (this.taken - this.takenAtReport - this.perReport) / 4;
		}
		this.reportedAt = now;
		this.takenAtReport = this.taken;
		this.awaitReport(now);
		this.follow(now, this.judge.reported(now, reception));
	}

	/**
	 * Time has passed.
	 * @param delivered pictures that the client took since the stream began
	 * @param missed pictures that it missed because its connection was busy
	 */
	tick(now: Millis, delivered: number, missed: number): void {
		this.taken = delivered;
		if (this.framing === "tcp") {
			this.follow(now, this.judge.counted(now, delivered, missed));
		} else if (now >= this.silentAt && delivered - this.takenAtReport > SILENT_INTERVALS * this.perReport) {
			// Reports that stop coming mean that the path is broken or full (RFC 8083 §4.2).
			this.awaitReport(now);
			this.goodSince = Infinity;
			this.reduce(now, true, SILENT_SHARE);
		}
	}

	/** The stream pauses: what was counted until now tells nothing about later. */
	pause(): void {
		this.silentAt = Infinity;
		this.reportedAt = -Infinity;
		this.goodSince = Infinity;
		this.judge.restart();
	}

	private awaitReport(now: Millis): void {
		this.silentAt = now + Math.max(SILENCE_MIN, SILENT_INTERVALS * this.interval);
	}

	private follow(now: Millis, verdict: Verdict): void {
		if (verdict === "unknown") return;
		if (verdict === "fair") {
			this.goodSince = Infinity;
			return;
		}
		if (verdict === "good") {
			if (this.goodSince === Infinity) this.goodSince = now - this.judge.span;
			this.recover(now);
			return;
		}
		this.goodSince = Infinity;
		this.reduce(now, verdict === "heavy", this.judge.share);
	}

	/**
	 * Goes down: first the rate, to what arrived and at least by a step; then, at the end of what the trouble warrants, the quality.
	 * @param share of packets that were lost, or of pictures missed
	 */
	private reduce(now: Millis, heavy: boolean, share: number): void {
		const at = this.position;
		const waited = this.probationOf(at);
		const failed = now - this.raisedAt <= Math.max(PROOF, 3 * this.interval, 3 * this.judge.span, waited);
		if (failed) this.setProbation(at, Math.min(2 * waited, PROBATION_MAX));
		else if (this.raisedAt > -Infinity) this.setProbation(at, Math.max(waited / 2, PROBATION));
		this.raisedAt = -Infinity;
		const last = this.lastStep;
		const lowest = heavy || this.framing === "tcp" ? last : Math.min(last, MODERATE_STEPS);
		if (this.step < lowest) {
			const wanted = DIVISORS[this.step] / Math.max(0.1, 1 - MARGIN * share);
			let step = this.step + 1;
			// A step up that failed is only taken back.
			while (!failed && step < lowest && DIVISORS[step] < wanted) step++;
			this.change(now, step, this.demand);
		} else if (this.demand < DEMAND_MAX) {
			this.change(now, this.step, this.demand + 1);
		}
	}

	/** Goes up once there was no trouble for long enough: first the quality, then the rate. */
	private recover(now: Millis): void {
		if (this.step === 0 && this.demand === 0) return;
		const at = this.next;
		if (now - this.goodSince < this.probationOf(at)) return;
		// The step before has proved itself: it may be tried sooner the next time.
		if (this.raisedAt > -Infinity) this.setProbation(this.position, PROBATION);
		if (this.demand > 0) this.change(now, this.step, this.demand - 1);
		else this.change(now, at, 0);
		this.raisedAt = now;
		this.goodSince = Infinity;
	}

	/** The number of steps down, of both kinds. */
	private get position(): number {
		return this.step + this.demand;
	}

	/** The position above the present one. */
	private get next(): number {
		const at = this.position - 1;
		const isQuick = this.demand === 0 && this.step >= QUICK_STEP;
		return isQuick && this.probationOf(at) === PROBATION && this.probationOf(at - 1) === PROBATION ? at - 1 : at;
	}

	private probationOf(at: number): Millis {
		return this.probation?.[at] ?? PROBATION;
	}

	private setProbation(at: number, time: Millis): void {
		this.probation ??= [];
		this.probation[at] = time;
	}

	private change(now: Millis, step: number, demand: number): void {
		this.changes++;
		if (step > 0 && this.encoding === "H264") this.awaitsKey = true;
		this.step = step;
		this.demand = demand;
		this.judge.changed(now);
	}

	/** The last step that leaves about one picture a second. */
	private get lastStep(): number {
		if (this.encoding === "H264") return 1;
		const rate = this.rate > 0 ? this.rate : USUAL_RATE;
		let step = 0;
		while (step + 1 < DIVISORS.length && DIVISORS[step + 1] <= rate) step++;
		return step;
	}
}
