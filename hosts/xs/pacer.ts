import type { Millis } from "../../src/core/time";
import { Time, Timer } from "./timers";

/** Calls at an even pace: a late call does not delay the next ones, and missed ones are left out. */
export class XsPacer {
	private readonly period: Millis;
	private readonly ring: () => void;
	private timer: object | undefined;
	private running = false;
	private next: Millis = 0;

	/** @param perSecond calls a second, the first at once (but not inside `start`) */
	constructor(
		perSecond: number,
		private readonly call: () => void,
	) {
		this.period = 1000 / perSecond;
		this.ring = () => this.rung();
	}

	start(): void {
		this.stop();
		this.running = true;
		this.next = Time.ticks;
		this.timer = Timer.set(this.ring, 0);
	}

	stop(): void {
		if (this.running && this.timer !== undefined) Timer.clear(this.timer);
		this.running = false;
		this.timer = undefined;
	}

	private rung(): void {
		const now = Time.ticks;
		this.next += this.period;
		if (this.next < now) this.next = now + this.period - ((now - this.next) % this.period);
		const delay = Math.max(0, Math.ceil(this.next - now));
		if (this.timer !== undefined && Timer.rearm !== undefined) Timer.rearm(this.timer, delay);
		else this.timer = Timer.set(this.ring, delay);
		this.call();
	}
}
