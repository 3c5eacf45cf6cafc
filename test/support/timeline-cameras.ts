import type { KnownCamera, RecorderControl } from "../../src/app/nas/recorder-control";
import type { ContentStore } from "../../src/storage/content-store";
import type { EventLog, RecordedEvent } from "../../src/storage/recorded-event";

const noop = (): void => {};

/** The recorder of a NAS without cameras. */
const NO_RECORDER: RecorderControl = {
	cameras: () => [],
	camera: () => undefined,
	record: () => false,
	stop: () => false,
	eventBegan: () => undefined,
	eventEnded: noop,
	tap: () => noop,
};

/** The log of a NAS where nothing happens. */
export const NO_EVENTS: EventLog = {
	events: () => [],
	event: () => undefined,
	begin: (camera, kind, from, label) => ({ id: 0, camera, kind, from, to: undefined, still: from, score: 0, label }),
	update: noop,
	end: () => undefined,
	watch: () => noop,
};

/** A recorder of cameras that a test lists, and of those of which only recordings are left. */
export function recorderOf(listed: readonly KnownCamera[], store?: Pick<ContentStore, "cameras">): RecorderControl {
	const cameras = (): readonly KnownCamera[] => {
		const stored = store?.cameras() ?? [];
		const gone = stored.filter(({ key }) => !listed.some((camera) => camera.key === key));
		const all = gone.map(({ key, title }) => knownCamera(key, title, { isRecording: false, why: "source" }));
		return all.concat(listed).sort((a, b) => (a.title < b.title ? -1 : 1));
	};
	return { ...NO_RECORDER, cameras, camera: (key) => cameras().find((camera) => camera.key === key) };
}

/** A log with events that a test lists. */
export function eventsOf(events: readonly RecordedEvent[]): EventLog {
	return {
		...NO_EVENTS,
		events: (camera, from, to, max) =>
			events.filter((e) => e.camera === camera && e.from < to && (e.to ?? Infinity) > from).slice(0, max),
	};
}

/** A camera that the recorder knows. */
export function knownCamera(key: string, title: string, change: Partial<KnownCamera> = {}): KnownCamera {
	const fine = {
		mode: "continuous",
		isRecording: true,
		why: undefined,
		trouble: undefined,
		member: undefined,
	} as const;
	return { key, title, ...fine, ...change };
}
