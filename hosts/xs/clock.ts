import { type Millis, plausibleUtc } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";
import { Time, Timer } from "./timers";

/** The longest delay that a timer takes. */
const DELAY_MAX: Millis = 2 ** 31 - 1;

/** Returns monotonic time in whole milliseconds. */
export function monotonic(): Millis {
	return Time.ticks;
}

/** Returns the date in milliseconds since 1970, or `undefined` while the machine does not know it. */
export function knownUtc(): Millis | undefined {
	return plausibleUtc(Date.now());
}

/** The clock of an XS host with the pump's one alarm. */
export class XsClock implements Clock {
	private timer: object | undefined;
	/** True between setting the timer and its call: on the SDK one that was called is gone. */
	private armed = false;
	private at: Millis = Infinity;
	private ring: (() => void) | undefined;
	/** One closure for the life of the clock. */
	private readonly expired: () => void;

	constructor() {
		this.expired = () => this.expire();
	}

	now(): Millis {
		return Time.ticks;
	}

	utc(): Millis | undefined {
		return knownUtc();
	}

	set(at: Millis, ring: () => void): void {
		this.at = at;
		this.ring = at === Infinity ? undefined : ring;
		this.arm();
	}

	private arm(): void {
		if (this.timer !== undefined && Timer.rearm !== undefined && this.at !== Infinity) {
			this.armed = true;
			Timer.rearm(this.timer, this.delay());
			return;
		}
		if (this.armed && this.timer !== undefined) Timer.clear(this.timer);
		this.armed = this.at !== Infinity;
		if (this.armed) this.timer = Timer.set(this.expired, this.delay());
	}

	private delay(): Millis {
		return Math.min(DELAY_MAX, Math.max(0, this.at - Time.ticks));
	}

	private expire(): void {
		this.armed = false;
		if (this.at === Infinity) return;
		// Timers may be early, and long ones are set in pieces.
		if (Time.ticks < this.at) {
			this.arm();
			return;
		}
		const { ring } = this;
		this.at = Infinity;
		this.ring = undefined;
		ring?.();
	}
}
