import { parseDigits } from "../base/digits";
import { DAY, type Millis } from "../core/time";

const MINUTE: Millis = 60_000;
const HOUR: Millis = 3_600_000;
/** The longest text. */
const TEXT_MAX = 40;

/**
 * Reads a span such as `PT60S` or `P1DT2H`. Years and months, whose length varies, are refused, and so are negative spans.
 * @returns `undefined` for anything else
 * @see XML Schema Part 2 §3.2.6
 */
export function parseDuration(text: string): Millis | undefined {
	const match = text.length > TEXT_MAX ? null : /^P(?:(\d{1,6})D)?(T.+)?$/.exec(text);
	if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined;
	const days = Number(match[1] ?? 0) * DAY;
	if (match[2] === undefined) return days;
	const time = /^T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?$/.exec(match[2]);
	if (time === null) return undefined;
	const [, hours = "0", minutes = "0", seconds = "0"] = time;
	return days + Number(hours) * HOUR + Number(minutes) * MINUTE + Math.round(Number(seconds) * 1000);
}

/**
 * Reads a point in time such as `2026-11-27T17:40:00Z` or `2026-11-27T18:40:00.25+01:00`. One without a zone is UTC.
 * @returns milliseconds since 1970; `undefined` for anything else
 * @see XML Schema Part 2 §3.2.7
 */
export function parseDateTime(text: string): Millis | undefined {
	const match =
		text.length > TEXT_MAX
			? null
			: /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[-+]\d{2}:\d{2})?$/.exec(text);
	if (match === null) return undefined;
	const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => parseDigits(digits, 4) ?? 0);
	if (hour > 24 || minute > 59 || second > 60) return undefined;
	const days = Date.UTC(year, month - 1, day);
	// A 31st of February would be one in March.
	if (new Date(days).getUTCMonth() !== month - 1 || new Date(days).getUTCDate() !== day) return undefined;
	const zone = offsetOf(match[8] ?? "Z");
	if (zone === undefined) return undefined;
	const fraction = Math.round(Number(`0${match[7] ?? ""}`) * 1000);
	return days + hour * HOUR + minute * MINUTE + second * 1000 + fraction - zone;
}

/** Writes a point in time: `2026-11-27T17:40:00.250Z`. @param utc milliseconds since 1970 */
export function formatDateTime(utc: Millis): string {
	return new Date(utc).toISOString();
}

function offsetOf(zone: string): Millis | undefined {
	if (zone === "Z") return 0;
	const hours = Number(zone.slice(1, 3));
	const minutes = Number(zone.slice(4));
	if (hours > 14 || minutes > 59) return undefined;
	return (zone[0] === "-" ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}
