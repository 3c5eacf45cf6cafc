import { nextPause } from "../core/backoff";
import type { Machine } from "../core/machine";
import type { Handle, Pump } from "../core/pump";
import type { Millis } from "../core/time";
import type { Log } from "../ports/log";
import type { ReportChannel } from "./metering";
import type { OutboxEntry, RecordOutbox } from "./outbox";
import { joinReport, type ReportSeal } from "./report";

/** What a sender needs of its host. */
export interface ReportSenderHost {
	readonly pump: Pump;
	readonly log: Log;
}

/** Until a report is sent: several records go in one. */
const GATHER: Millis = 250;
/** The pauses after failures, and after an origin has refused a report. */
const PAUSE_FIRST: Millis = 1000;
const PAUSE_LONGEST: Millis = 120_000;
const REFUSED_FIRST: Millis = 60_000;
const REFUSED_LONGEST: Millis = 3_600_000;
/** Until a channel must have answered. */
const ANSWER_LIMIT: Millis = 15_000;
/** How long an upstream session is kept for reports that can't be delivered. */
const SETTLE_LIMIT: Millis = 3000;

/** Waits until the records that are in the outbox now are delivered. */
interface Waiter {
	readonly until: Millis;
	readonly done: (now: Millis) => void;
}

/**
 * Delivers the records of one origin from the outbox (REP-6): a report at a time, oldest first, by the first channel that takes it,
 * and after failures later and later. A record is given up by nobody but the owner.
 */
export class ReportSender implements Machine<undefined> {
	/** When {@link expire} must be called next. */
	deadline: Millis = Infinity;
	/** Records that the origin has stored. */
	delivered = 0;
	/** Why the last report was not stored; empty: it was. */
	fault = "";
	/** True: the origin has refused it, so the owner must mend something. */
	isRefused = false;
	private readonly handle: Handle<ReportSender, undefined>;
	/** When the next report is sent; `Infinity`: nothing waits, or one is on its way. */
	private sendAt: Millis = Infinity;
	/** The limit of the answer that is waited for. */
	private answerBy: Millis = Infinity;
	private pause: Millis = 0;
	/** Counts questions, so that a late answer is recognised. */
	private question = 0;
	private isBusy = false;
	private waiters: Waiter[] = [];
	private onLate: (now: Millis) => void = () => {};

	/** @param channels the ways to the origin, best first; asked for each report */
	constructor(
		private readonly host: ReportSenderHost,
		private readonly outbox: RecordOutbox,
		readonly origin: string,
		private readonly seal: ReportSeal,
		private readonly channels: () => readonly ReportChannel[],
	) {
		this.handle = host.pump.add(this, undefined);
	}

	/** Records may wait: they are sent soon, unless a pause after a failure has begun. */
	wake(now: Millis): void {
		if (this.isBusy || this.outbox.next(this.origin).length === 0) return;
		if (this.waiters.length > 0) this.sendAt = now;
		else if (this.sendAt === Infinity) this.sendAt = now + GATHER;
		this.schedule();
	}

	/** Sends what waits at once, also during a pause. @param done called once, when nothing waits any more or after a few seconds */
	settle(now: Millis, done: (now: Millis) => void): void {
		if (this.outbox.waitsFor(this.origin)) {
			this.waiters.push({ until: now + SETTLE_LIMIT, done });
			if (!this.isBusy) this.sendAt = now;
			this.schedule();
		} else done(now);
	}

	/** Ends; nothing is sent any more. */
	stop(): void {
		this.question++;
		this.handle.remove();
	}

	expire(now: Millis): void {
		if (now >= this.answerBy) this.onLate(now);
		if (now >= this.sendAt) this.send(now);
		const late = this.waiters.filter(({ until }) => now >= until);
		this.waiters = this.waiters.filter(({ until }) => now < until);
		for (const { done } of late) done(now);
		this.plan();
	}

	private send(now: Millis): void {
		this.sendAt = Infinity;
		const entries = this.outbox.next(this.origin);
		if (entries.length === 0) {
			// Some may be on their way to the medium: then `wake` follows.
			if (!this.outbox.waitsFor(this.origin)) this.settled(now);
			return;
		}
		const body = joinReport(entries.map(({ json }) => json));
		this.isBusy = true;
		this.tryNext(now, entries, body, this.seal.sign(body), this.channels(), 0, false);
	}

	/** Asks one channel after another. @param wasRefused one has refused the report */
	private tryNext(
		now: Millis,
		entries: readonly OutboxEntry[],
		body: Uint8Array,
		field: string,
		channels: readonly ReportChannel[],
		index: number,
		wasRefused: boolean,
	): void {
		if (index === channels.length) return this.failed(now, wasRefused);
		const question = ++this.question;
		const answered = (at: Millis, outcome: "stored" | "refused" | "failed", detail: string): void => {
			if (question !== this.question) return;
			this.question++;
			this.answerBy = Infinity;
			if (outcome === "stored" && this.seal.isReceipt(field, detail)) return this.stored(at, entries);
			this.fault = outcome === "stored" ? "the origin's answer has no valid receipt" : detail;
			this.tryNext(at, entries, body, field, channels, index + 1, wasRefused || outcome === "refused");
			this.schedule();
		};
		this.answerBy = now + ANSWER_LIMIT;
		this.onLate = (at) => answered(at, "failed", "the origin does not answer");
		channels[index].report(now, body, field, answered);
		this.schedule();
	}

	private stored(now: Millis, entries: readonly OutboxEntry[]): void {
		const { log } = this.host;
		if (this.fault !== "") log.write("info", "metering", `${this.origin} takes reports again`);
		this.isBusy = false;
		this.isRefused = false;
		this.fault = "";
		this.pause = 0;
		this.delivered += entries.length;
		this.outbox.delivered(entries);
		if (this.outbox.next(this.origin).length > 0) this.sendAt = now;
		else if (!this.outbox.waitsFor(this.origin)) this.settled(now);
		this.schedule();
	}

	private failed(now: Millis, isRefused: boolean): void {
		if (this.fault === "") this.fault = "there is no way to the origin";
		if (this.pause === 0)
			this.host.log.write("warn", "metering", `a report to ${this.origin} is not delivered yet: ${this.fault}`);
		this.isBusy = false;
		this.isRefused = isRefused;
		this.pause = isRefused
			? Math.max(REFUSED_FIRST, nextPause(this.pause, REFUSED_FIRST, REFUSED_LONGEST))
			: nextPause(this.pause, PAUSE_FIRST, PAUSE_LONGEST);
		this.sendAt = now + this.pause;
		this.settled(now);
	}

	/** Ends all waiting for deliveries. */
	private settled(now: Millis): void {
		const { waiters } = this;
		this.waiters = [];
		for (const { done } of waiters) done(now);
		this.schedule();
	}

	private plan(): void {
		let at = Math.min(this.sendAt, this.answerBy);
		for (const { until } of this.waiters) at = Math.min(at, until);
		this.deadline = at;
	}

	private schedule(): void {
		this.plan();
		this.handle.called();
	}
}
