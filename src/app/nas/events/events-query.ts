import { parseDigits } from "../../../base/digits";
import { DAY } from "../../../core/time";
import { isCameraKey, type Utc } from "../../../storage/recording";
import { EVENTS_MESSAGES } from "../../../web/events-messages";
import { parseUtc } from "../../../wire/utc-time";

/** What events are asked for. */
export interface EventsQuery {
	/** `undefined`: of all cameras. */
	readonly camera: string | undefined;
	readonly from: Utc;
	readonly to: Utc;
	readonly max: number;
	/** Whether the last of them are meant if there are more, and not the first. */
	readonly isNewest: boolean;
}

/** How many events are listed, unless more are asked for, and at most. */
const LISTED = 200;
const LISTED_MAX = 5000;

/**
 * Parses a query: `camera`, `from` (absent: a day before `to`), `to` (absent: now), `max`, `newest` (`yes`).
 * @returns what is wrong with it, as a text for people
 */
export function parseEventsQuery(query: ReadonlyMap<string, string>, now: Utc): EventsQuery | string {
	const { refused } = EVENTS_MESSAGES;
	const camera = query.get("camera");
	if (camera !== undefined && !isCameraKey(camera)) return refused.camera;
	const end = query.get("to");
	const to = end === undefined ? now + 1 : parseUtc(end);
	const begin = query.get("from");
	const from = begin === undefined ? Math.max(0, (to ?? 0) - DAY) : parseUtc(begin);
	if (from === undefined || to === undefined || from >= to) return refused.times;
	const max = parseDigits(query.get("max") ?? `${LISTED}`, 4);
	if (max === undefined || max < 1 || max > LISTED_MAX) return refused.max(LISTED_MAX);
	return { camera, from, to, max, isNewest: query.get("newest") === "yes" };
}
