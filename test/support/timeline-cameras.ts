import { NO_EVENTS } from "../../src/app/nas/not-yet";
import type { KnownCamera, RecorderControl } from "../../src/app/nas/recorder-control";
import type { EventLog, RecordedEvent } from "../../src/storage/recorded-event";

/** A recorder without cameras. */
const NO_RECORDER: RecorderControl = {
	cameras: () => [],
	camera: () => undefined,
	sourceOf: () => undefined,
	record: () => false,
	stop: () => false,
	eventBegan: () => undefined,
	eventEnded: () => {},
	tap: () => () => {},
};

/** A recorder of cameras that a test lists. */
export function recorderOf(cameras: readonly KnownCamera[]): RecorderControl {
	return { ...NO_RECORDER, cameras: () => cameras, camera: (key) => cameras.find((camera) => camera.key === key) };
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
