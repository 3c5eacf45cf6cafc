import type { LumaReader } from "../../ports/luma";
import type { ContentStore, StoreListener } from "../../storage/content-store";
import type { EventListener, EventLog } from "../../storage/recorded-event";

const noop = (): void => {};

/** The store of a NAS that keeps nothing. */
export const NO_STORE: ContentStore = {
	state: "opening",
	usage: { recordings: 0, locked: 0, free: 0, total: 0, from: 0 },
	limits: { octets: 0, age: 0, free: 0 },
	cameras: () => [],
	segments: () => [],
	segmentAt: () => undefined,
	coverage: () => [],
	writer: () => ({ frame: noop, unit: noop, pause: noop, close: (_why, done) => done() }),
	reader: () => ({ read: noop, close: noop }),
	delete: noop,
	lock: noop,
	watch: (_listener: StoreListener) => noop,
};

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
