/** A switch that a person operates: the GPIO pin of IMG-7, or a virtual one. */
export interface Switch {
	readonly on: boolean;
	/** Calls `changed` after each change. There is one watcher. */
	watch(changed: () => void): void;
}

/** The null object where there is no pin: always on. */
export const NO_SWITCH: Switch = Object.freeze({ on: true, watch() {} });
