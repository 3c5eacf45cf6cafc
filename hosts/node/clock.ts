import { performance } from "node:perf_hooks";
import { type Millis, plausibleUtc } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";

/** The longest delay of a Node.js timer. */
const DELAY_MAX: Millis = 2 ** 31 - 1;

/** Returns monotonic time in whole milliseconds; the same for all clocks of this process. */
export function monotonic(): Millis {
	return Math.floor(performance.now());
}

/** Returns the date in milliseconds since 1970, or `undefined` while the machine does not know it. */
export function knownUtc(): Millis | undefined {
	return plausibleUtc(Date.now());
}

/** The clock of Node.js, with the pump's one alarm. */
export class NodeClock implements Clock {
	private timer: NodeJS.Timeout | undefined;
	private at: Millis = Infinity;
	private ring: (() => void) | undefined;

	now(): Millis {
		return monotonic();
	}

	utc(): Millis | undefined {
		return knownUtc();
	}

	set(at: Millis, ring: () => void): void {
		this.at = at;
		this.ring = ring;
		this.arm();
	}

	private arm(): void {
		clearTimeout(this.timer);
		if (this.at === Infinity) {
			this.ring = undefined;
			return;
		}
		this.timer = setTimeout(() => this.expire(), Math.min(DELAY_MAX, Math.max(0, this.at - monotonic())));
	}

	private expire(): void {
		// Node's timers may be a millisecond early, and long ones are set in pieces.
		if (monotonic() < this.at) {
			this.arm();
			return;
		}
		const ring = this.ring;
		this.at = Infinity;
		this.ring = undefined;
		ring?.();
	}
}
