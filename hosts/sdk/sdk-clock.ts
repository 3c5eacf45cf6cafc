import { type Millis, plausibleUtc } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";
import { type SdkTimer, Time, Timer } from "./sdk-classes";

/** The longest delay set at once; longer ones are set in pieces. */
const DELAY_MAX: Millis = 3_600_000;

/**
 * The clock of the Moddable SDK with the pump's one alarm.
 *
 * `Time.ticks` is the date on a PC, where it may jump, and wraps after 49 days on a microcontroller: this clock adds
 * up the differences, and ignores negative ones.
 */
export class SdkClock implements Clock {
	private elapsed: Millis = 0;
	private last = Time.ticks;
	private timer: SdkTimer | undefined;
	private at: Millis = Infinity;
	private ring: (() => void) | undefined;

	now(): Millis {
		const ticks = Time.ticks;
		const step = (ticks - this.last) | 0;
		this.last = ticks;
		if (step > 0) this.elapsed += step;
		return this.elapsed;
	}

	utc(): Millis | undefined {
		return plausibleUtc(Date.now());
	}

	set(at: Millis, ring: () => void): void {
		this.at = at;
		this.ring = ring;
		this.arm();
	}

	private arm(): void {
		if (this.timer !== undefined) Timer.clear(this.timer);
		this.timer = undefined;
		if (this.at === Infinity) return;
		const delay = Math.min(DELAY_MAX, Math.max(0, this.at - this.now()));
		this.timer = Timer.set(() => this.expire(), delay);
	}

	private expire(): void {
		this.timer = undefined;
		if (this.now() < this.at) {
			this.arm();
			return;
		}
		const ring = this.ring;
		this.at = Infinity;
		this.ring = undefined;
		ring?.();
	}
}
