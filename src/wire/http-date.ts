import { parseDigits } from "../base/digits";
import type { Millis } from "../core/time";

const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
/** Longer than any valid date. */
const DATE_MAX = 40;

/** Formats a date: `Sun, 06 Nov 1994 08:49:37 GMT`. @see RFC 9110 §5.6.7 */
export function httpDate(utc: Millis): string {
	return new Date(utc).toUTCString();
}

/**
 * Parses a date in any of the three formats of HTTP. A two-digit year is taken as one from 1970 to 2069.
 * @returns milliseconds since 1970; `undefined` if it is not a date
 * @see RFC 9110 §5.6.7
 */
export function parseHttpDate(text: string): Millis | undefined {
	if (text.length > DATE_MAX) return undefined;
	const comma = text.indexOf(",");
	const parts: string[] = [];
	for (const part of text.slice(comma + 1).split(" ")) if (part !== "") parts.push(part);
	if (comma < 0) {
		// Sun Nov  6 08:49:37 1994
		return parts.length === 5 ? dateOf(parts[2], parts[1], parts[4], parts[3]) : undefined;
	}
	if (parts.length === 3 && parts[2] === "GMT") {
		// Sunday, 06-Nov-94 08:49:37 GMT
		const date = parts[0].split("-");
		return date.length === 3 ? dateOf(date[0], date[1], date[2], parts[1]) : undefined;
	}
	// Sun, 06 Nov 1994 08:49:37 GMT
	return parts.length === 5 && parts[4] === "GMT" ? dateOf(parts[0], parts[1], parts[2], parts[3]) : undefined;
}

function dateOf(day: string, month: string, year: string, time: string): Millis | undefined {
	const days = parseDigits(day, 2);
	const at = month.length === 3 ? MONTHS.indexOf(month.toLowerCase()) : -1;
	const short = year.length === 2;
	const years = parseDigits(year, 4, short ? 2 : 4);
	const clock = time.split(":");
	if (days === undefined || at < 0 || at % 3 !== 0 || years === undefined || clock.length !== 3) return undefined;
	const hours = parseDigits(clock[0], 2, 2);
	const minutes = parseDigits(clock[1], 2, 2);
	const seconds = parseDigits(clock[2], 2, 2);
	if (hours === undefined || minutes === undefined || seconds === undefined) return undefined;
	if (days < 1 || days > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
	const whole = short ? years + (years < 70 ? 2000 : 1900) : years;
	return Date.UTC(whole, at / 3, days, hours, minutes, seconds);
}
