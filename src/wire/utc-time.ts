import { parseDigits } from "../base/digits";
import type { Millis } from "../core/time";

/** 9999-12-31T23:59:59.999Z */
const UTC_MAX: Millis = 253_402_300_799_999;

/**
 * Parses a time in a query: milliseconds since 1970, or ISO 8601 in UTC, `2026-11-25T17:40Z`, `2026-11-25T17:40:03.5Z`.
 * @returns milliseconds since 1970; `undefined` for anything else
 */
export function parseUtc(text: string): Millis | undefined {
	const millis = parseDigits(text, 15);
	if (millis !== undefined) return millis <= UTC_MAX ? millis : undefined;
	if (text.length < 17 || text.length > 24 || text[10] !== "T" || !text.endsWith("Z")) return undefined;
	if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":") return undefined;
	const year = parseDigits(text.slice(0, 4), 4, 4);
	const month = parseDigits(text.slice(5, 7), 2, 2);
	const day = parseDigits(text.slice(8, 10), 2, 2);
	const hour = parseDigits(text.slice(11, 13), 2, 2);
	const minute = parseDigits(text.slice(14, 16), 2, 2);
	const rest = parseSecond(text.slice(16, -1));
	if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
	if (minute === undefined || rest === undefined || year < 1970 || hour > 23 || minute > 59) return undefined;
	const time = Date.UTC(year, month - 1, day, hour, minute);
	// A 31st of February would be one in March.
	if (new Date(time).getUTCMonth() !== month - 1 || new Date(time).getUTCDate() !== day) return undefined;
	return time + rest;
}

/** Nothing, `:03`, or `:03.5` with one to three decimals. */
function parseSecond(text: string): Millis | undefined {
	if (text === "") return 0;
	const second = parseDigits(text.slice(1, 3), 2, 2);
	if (text[0] !== ":" || second === undefined || second > 59) return undefined;
	if (text.length === 3) return second * 1000;
	const fraction = text.slice(4);
	const value = parseDigits(fraction, 3);
	if (text[3] !== "." || value === undefined) return undefined;
	return second * 1000 + value * (fraction.length === 1 ? 100 : fraction.length === 2 ? 10 : 1);
}
