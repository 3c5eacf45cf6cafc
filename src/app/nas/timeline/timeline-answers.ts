import { DAY, type Millis } from "../../../core/time";
import type { ContentStore, Coverage } from "../../../storage/content-store";
import type { EventLog } from "../../../storage/recorded-event";
import type { CameraKey, GapReason, Utc } from "../../../storage/recording";
import type { ListedCamera } from "../listed-cameras";

/** The most stretches in one answer; with more, small gaps are left out until they fit, or the answer ends before `to`. */
const STRETCHES_MAX = 2000;
/** How far back the reason of a gap is looked for. */
const LOOK_BACK: Millis = 40 * DAY;
/** The most events in one answer. */
const EVENTS_MAX = 1000;

/** The answer to `GET /api/v1/recordings`. @param now `undefined`: the date is not known */
export function recordingsAnswer(cameras: readonly ListedCamera[], store: ContentStore, now: Utc | undefined): unknown {
	return {
		now: now ?? null,
		state: store.state,
		cameras: cameras.map(({ key, title, mode, isRecording, why, trouble, from, to, octets }) => ({
			key,
			title,
			mode,
			recording: isRecording,
			why: why ?? null,
			trouble: trouble ?? null,
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
