import { DAY, type Millis } from "../../../core/time";
import type { ContentStore } from "../../../storage/content-store";
import type { Utc } from "../../../storage/recording";
import type { PlainDay, PlainView } from "../../../web/timeline-plain-page";
import { parseUtc } from "../../../wire/utc-time";
import type { ListedCamera } from "../listed-cameras";

/** The most days that are listed. */
const DAYS_MAX = 400;
/** Gaps that are shorter are not listed. */
const RESOLUTION: Millis = 60_000;
/** More stretches are not looked at. */
const STRETCHES_MAX = 5000;

/**
 * Gathers what a browser without script is shown: all cameras; the days of `camera`; the hours of its `day` (UTC, by any time
 * in it); or what plays from `at`, at `speed`.
 */
export function plainView(
	store: ContentStore,
	cameras: readonly ListedCamera[],
	query: ReadonlyMap<string, string>,
	now: Utc | undefined,
): PlainView {
	const camera = cameras.find(({ key }) => key === query.get("camera"));
	if (camera === undefined) return { cameras };
	const at = parseUtc(query.get("at") ?? "");
	if (at !== undefined) {
		const encoding = store.segments(camera.key, at, at + DAY, 1)[0]?.encoding;
		return { camera, at, speed: Number(query.get("speed")) > 1 ? 16 : 1, encoding };
	}
	const day = parseUtc(`${query.get("day") ?? ""}T00:00Z`);
	if (day !== undefined) return { camera, day: dayOf(store, camera, day, now) };
	return { camera, days: daysOf(store, camera) };
}

/** The days on which anything of a camera is recorded, the newest first. */
function daysOf(store: ContentStore, { key, from, to }: ListedCamera): readonly Utc[] {
	const days: Utc[] = [];
	const first = Math.max(from, to - DAYS_MAX * DAY);
	// Gaps of less than a day do not matter here: no day is within one.
	for (const stretch of store.coverage(key, first, to, DAY, STRETCHES_MAX)) {
		for (let day = Math.floor(stretch.from / DAY) * DAY; day < stretch.to; day += DAY)
			if (days[days.length - 1] !== day) days.push(day);
	}
	return days.reverse().slice(0, DAYS_MAX);
}

function dayOf(store: ContentStore, { key }: ListedCamera, day: Utc, now: Utc | undefined): PlainDay {
	const to = Math.min(day + DAY, now ?? Infinity);
	const stretches = to > day ? store.coverage(key, day, to, RESOLUTION, STRETCHES_MAX) : [];
	return { start: day, stretches: stretches.map(({ from, to: end, gap }) => ({ from, to: end, gap })) };
}
