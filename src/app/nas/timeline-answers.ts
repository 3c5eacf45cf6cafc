import type { Millis } from "../../core/time";
import type { ContentStore, Coverage } from "../../storage/content-store";
import type { EventLog } from "../../storage/recorded-event";
import type { CameraKey, GapReason, Utc } from "../../storage/recording";
import type { KnownCamera, RecorderControl } from "./recorder-control";

/** The most stretches in one answer; with more, small gaps are left out until they fit, or the answer ends before `to`. */
const STRETCHES_MAX = 2000;
/** How far back the reason of a gap is looked for. */
const LOOK_BACK: Millis = 40 * 86_400_000;
/** The most events in one answer. */
const EVENTS_MAX = 1000;

/** A camera as the timeline lists it, recorded now or in the past. */
export interface TimelineCamera {
	readonly key: CameraKey;
	readonly title: string;
	/** The state of a camera that the recorder knows. */
	readonly known: KnownCamera | undefined;
	readonly from: Utc;
	readonly to: Utc;
	readonly octets: number;
}

/** Gathers all cameras that are recorded or have recordings, sorted by title. */
export function timelineCameras(store: ContentStore, recorder: RecorderControl): readonly TimelineCamera[] {
	const cameras = new Map<CameraKey, TimelineCamera>();
	for (const known of recorder.cameras()) {
		cameras.set(known.key, { key: known.key, title: known.title, known, from: 0, to: 0, octets: 0 });
	}
	for (const { key, title, from, to, octets } of store.cameras()) {
		const known = cameras.get(key)?.known;
		cameras.set(key, { key, title: known?.title ?? title, known, from, to, octets });
	}
	return [...cameras.values()].sort((a, b) =>
		a.title === b.title ? compare(a.key, b.key) : compare(a.title, b.title),
	);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** The answer to `GET /api/v1/recordings`. @param now `undefined`: the date is not known */
export function recordingsAnswer(
	cameras: readonly TimelineCamera[],
	store: ContentStore,
	now: Utc | undefined,
): unknown {
	return {
		now: now ?? null,
		state: store.state,
		cameras: cameras.map(({ key, title, known, from, to, octets }) => ({
			key,
			title,
			mode: known?.mode ?? null,
			recording: known?.isRecording ?? false,
			why: known?.why ?? null,
			trouble: known?.trouble ?? null,
			from,
			to,
			octets,
		})),
	};
}

/** The answer to `GET /api/v1/recordings/{key}/coverage`. @param resolution gaps that are shorter may be left out */
export function coverageAnswer(
	store: ContentStore,
	events: EventLog,
	key: CameraKey,
	from: Utc,
	to: Utc,
	resolution: Millis,
): unknown {
	let step = resolution;
	const gather = (): readonly Coverage[] => store.coverage(key, from, to, step, STRETCHES_MAX + 1);
	let coverage = gather();
	while (coverage.length > STRETCHES_MAX && step < to - from) {
		step = Math.max(1000, step * 4);
		coverage = gather();
	}
	// Locked and unlocked stretches, and encodings, are told apart in any case: then only the first ones are told.
	const isCut = coverage.length > STRETCHES_MAX;
	if (isCut) coverage = coverage.slice(0, STRETCHES_MAX);
	return {
		from,
		to: isCut ? coverage[STRETCHES_MAX - 1].to : to,
		resolution: step,
		before: coverage.length > 0 && coverage[0].from <= from ? null : reasonBefore(store, key, from),
		coverage: coverage.map((each) => ({
			from: each.from,
			to: each.to,
			encoding: each.encoding,
			gap: each.gap ?? null,
			locked: each.isLocked,
		})),
		events: events.events(key, from, to, EVENTS_MAX).map((event) => ({
			id: event.id,
			from: event.from,
			to: event.to ?? null,
			still: event.still,
			kind: event.kind,
			score: event.score,
			label: event.label,
		})),
	};
}

/** Why nothing was recorded at a time, by what was recorded last before it. */
function reasonBefore(store: ContentStore, key: CameraKey, at: Utc): GapReason | null {
	const earlier = store.coverage(key, Math.max(0, at - LOOK_BACK), at, LOOK_BACK);
	return earlier.length === 0 ? null : (earlier[earlier.length - 1].gap ?? null);
}
