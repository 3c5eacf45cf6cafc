import type { LumaReader } from "../../ports/luma";
import type { EventListener, EventLog } from "../../storage/recorded-event";

const noop = (): void => {};

/** The events of a NAS where nothing happens. */
export const NO_EVENTS: EventLog = {
	events: () => [],
	event: () => undefined,
	begin: (camera, kind, from, label) => ({ id: 0, camera, kind, from, to: undefined, still: from, score: 0, label }),
	update: noop,
	end: () => undefined,
	watch: (_listener: EventListener) => noop,
};

/** Reads the brightness of no picture. */
export const NO_LUMA: LumaReader = { read: () => false };
