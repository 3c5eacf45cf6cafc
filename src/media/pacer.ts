import type { Millis } from "../core/time";

/** The timers of a host, as far as {@link Pacer} needs them. */
export interface PacerTimers {
	/** Monotonic time; fractions are welcome. */
	now(): Millis;
	/** Calls once after `delay`, never inside `set`. @returns the handle that `clear` and `rearm` take */
	set(call: () => void, delay: Millis): unknown;
	clear(timer: unknown): void;
	/** Sets a timer that has fired again, without allocating; absent: `set` is called each time. */
	rearm?(timer: unknown, delay: Millis): void;
}

/** Calls at an even pace: a late call does not delay the next ones, and missed ones are skipped. */
export class Pacer {
	private readonly period: Millis;
	private readonly ring: () => void;
	private timer: unknown;
	private next: Millis = 0;

	/** @param perSecond calls per second, the first at once (but not inside `start`) */
	constructor(
		perSecond: number,
		private readonly call: () => void,
		private readonly timers: PacerTimers,
	) {
		this.period = 1000 / perSecond;
		this.ring = () => this.fired();
	}

	start(): void {
		this.stop();
		this.next = this.timers.now();
		this.timer = this.timers.set(this.ring, 0);
	}

	/** Stops; harmless when repeated. */
	stop(): void {
		if (this.timer !== undefined) this.timers.clear(this.timer);
		this.timer = undefined;
	}

	private fired(): void {
		const { timers } = this;
		const now = timers.now();
		this.next += this.period;
		if (this.next < now) this.next = now + this.period - ((now - this.next) % this.period);
		const delay = Math.max(0, Math.ceil(this.next - now));
		if (timers.rearm === undefined) this.timer = timers.set(this.ring, delay);
		else timers.rearm(this.timer, delay);
		this.call();
	}
}
