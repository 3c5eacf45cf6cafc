import SdkTime from "time";
import SdkTimer from "timer";
import type { Millis } from "../../src/core/time";

/** The timers of the Moddable SDK, and of hosts/linux. What is optional is there on hosts/linux only. */
interface Timers {
	/** Calls once after `delay`. @returns what `clear` takes until then */
	set(callback: () => void, delay: Millis): object;
	clear(timer: object): void;
	/** Sets a timer anew without allocating, whether it has rung or not. */
	rearm?(timer: object, delay: Millis): void;
}

/** @see Timers */
export const Timer = SdkTimer as unknown as Timers;
/** Monotonic time in whole milliseconds. */
export const Time = SdkTime as unknown as { readonly ticks: Millis };
