import { type Millis, plausibleUtc } from "../../../src/core/time";
import type { Clock } from "../../../src/ports/clock";
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

/** The clock of hosts/linux with the pump's one alarm. */
export class LinuxClock implements Clock {
	/** One timer for the life of the clock, armed again and again. */
	private timer: object | undefined;
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
		if (this.at === Infinity) {
			if (this.timer !== undefined) Timer.clear(this.timer);
		} else if (this.timer === undefined) this.timer = Timer.set(this.expired, this.delay());
		else Timer.rearm(this.timer, this.delay());
	}

	private delay(): Millis {
		return Math.min(DELAY_MAX, Math.max(0, this.at - Time.ticks));
	}

	private expire(): void {
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
