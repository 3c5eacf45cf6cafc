import { parseDigits } from "../base/digits";

/** Minutes of a day, and of a week. */
const DAY = 1440;
const WEEK = 7 * DAY;
/** The most entries of a schedule. */
const ENTRIES_MAX = 32;

const DAYS: readonly string[] = Object.freeze(["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

/** A time of the week: minutes since Sunday 00:00, by the local clock. */
export type WeekMinute = number;

/**
 * Times of the week, as people write them: `mon-fri 08:00-18:00, sat sun 22:00-06:00`.
 *
 * Entries are separated by commas. One without days counts for all days; one without times for whole days; one that ends before it
 * begins lasts until the next day.
 */
export class WeekSchedule {
	/** Starts and ends in turn, each relative to Sunday 00:00; an end may be in the next week. */
	private constructor(private readonly spans: readonly WeekMinute[]) {}

	/** Reads a schedule; `undefined` when it is malformed. Empty text is the schedule without any time. */
	static parse(text: string): WeekSchedule | undefined {
		const spans: WeekMinute[] = [];
		const entries = text.trim() === "" ? [] : text.split(",", ENTRIES_MAX + 1);
		if (entries.length > ENTRIES_MAX) return undefined;
		for (const entry of entries) if (!readEntry(entry.trim().toLowerCase(), spans)) return undefined;
		return new WeekSchedule(spans);
	}

	/** Whether a time belongs to the schedule. */
	has(at: WeekMinute): boolean {
		const { spans } = this;
		for (let i = 0; i < spans.length; i += 2) {
			if (at >= spans[i] && at < spans[i + 1]) return true;
			if (at + WEEK < spans[i + 1]) return true;
		}
		return false;
	}
}

/** Returns the time of the week of a date, by the local clock of the machine. @param utc in milliseconds since 1970 */
export function localWeekMinute(utc: number): WeekMinute {
	const date = new Date(utc);
	return date.getDay() * DAY + date.getHours() * 60 + date.getMinutes();
}

/** @returns false when it is malformed */
function readEntry(entry: string, spans: WeekMinute[]): boolean {
	const days = [false, false, false, false, false, false, false];
	let from = 0;
	let to = DAY;
	let hasDays = false;
	let hasTimes = false;
	const words = entry.split(" ");
	if (words.length > 9) return false;
	for (const word of words) {
		if (word === "") continue;
		const [first, last, more] = word.split("-");
		if (more !== undefined || hasTimes) return false;
		if (word.includes(":")) {
			from = timeOf(first);
			to = timeOf(last ?? "");
			if (from < 0 || to < 0 || from === DAY) return false;
			hasTimes = true;
		} else {
			const start = DAYS.indexOf(first);
			const end = last === undefined ? start : DAYS.indexOf(last);
			if (start < 0 || end < 0) return false;
			for (let day = start; ; day = (day + 1) % 7) {
				days[day] = true;
				if (day === end) break;
			}
			hasDays = true;
		}
	}
	if (!hasDays && !hasTimes) return false;
	const length = to > from ? to - from : to - from + DAY;
	for (let day = 0; day < 7; day++) {
		if (hasDays && !days[day]) continue;
		spans.push(day * DAY + from, day * DAY + from + length);
	}
	return true;
}

/** @returns minutes since midnight; -1: malformed */
function timeOf(text: string): number {
	const [hours, minutes, more] = text.split(":");
	const hour = parseDigits(hours, 2) ?? -1;
	const minute = parseDigits(minutes ?? "", 2, 2) ?? -1;
	if (more !== undefined || hour < 0 || hour > 24 || minute < 0 || minute > 59) return -1;
	const at = hour * 60 + minute;
	return at > DAY ? -1 : at;
}
