import type { Millis } from "../../../src/core/time";

/** Calls once, later. */
export interface DeviceTimer {
	/** Calls `ring` once after `delay`; replaces the call asked for before. */
	set(delay: Millis, ring: () => void): void;
	/** Cancels; harmless when nothing is pending. */
	clear(): void;
}
