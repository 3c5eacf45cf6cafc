import SdkTime from "time";
import SdkTimer from "timer";
import type { Millis } from "../../../src/core/time";
import type { PacerTimers } from "../../../src/media/pacer";

/** The timers of hosts/linux (native/class-timer.c): those of the Moddable SDK, with `rearm`. */
interface Timers {
	/** Calls once after `delay`. @returns the handle that `clear` and `rearm` take */
	set(callback: () => void, delay: Millis): object;
	clear(timer: object): void;
	/** Sets a timer again without allocating, whether it has fired or not. */
	rearm(timer: object, delay: Millis): void;
}

/** @see Timers */
export const Timer = SdkTimer as unknown as Timers;
/** Monotonic time in whole milliseconds. */
export const Time = SdkTime as unknown as { readonly ticks: Millis };

/** These timers for the pacer of a frame source. */
export const PACER_TIMERS: PacerTimers = Object.freeze({
	now: () => Time.ticks,
	set: (call: () => void, delay: Millis) => Timer.set(call, delay),
	clear: (timer: unknown) => Timer.clear(timer as object),
	rearm: (timer: unknown, delay: Millis) => Timer.rearm(timer as object, delay),
});
