import { performance } from "node:perf_hooks";
import type { Millis } from "../../../src/core/time";

/** Calls at an even pace: a late call does not delay the next ones, and missed ones are left out. */
export class Pacer {
	private readonly period: Millis;
	private timer: NodeJS.Timeout | undefined;
	private next: Millis = 0;

	/** @param perSecond calls a second, the first at once (but not inside `start`) */
	constructor(
		perSecond: number,
		private readonly call: () => void,
	) {
		this.period = 1000 / perSecond;
	}

	start(): void {
		this.stop();
		this.next = performance.now();
		this.wait();
	}

	stop(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	private wait(): void {
		this.timer = setTimeout(() => this.ring(), Math.max(0, this.next - performance.now()));
	}

	private ring(): void {
		const now = performance.now();
		this.next += this.period;
		if (this.next < now) this.next = now + this.period - ((now - this.next) % this.period);
		this.wait();
		this.call();
	}
}
