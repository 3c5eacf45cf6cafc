import { performance } from "node:perf_hooks";
import type { PacerTimers } from "../../../src/media/pacer";

/** Node's timers for the pacer of a frame source. */
export const NODE_TIMERS: PacerTimers = Object.freeze({
	now: () => performance.now(),
	set: (call: () => void, delay: number) => setTimeout(call, delay),
	clear: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
});
