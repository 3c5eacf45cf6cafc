import { parseDigits } from "../base/digits";
import type { Millis, Seconds } from "../core/time";
import { formatThousandths, parseDecimal } from "./rtsp-syntax";

/** The longest Range field. */
const FIELD_MAX = 128;

/** A part of a content in its own time. @see RFC 2326 §3.6 */
export interface NptRange {
	readonly unit: "npt";
	/** `undefined`: the field begins with a hyphen. */
	readonly from: Seconds | "now" | undefined;
	/** `undefined`: the end is open. */
	readonly to: Seconds | undefined;
}

/** A part of a content in absolute time. @see RFC 2326 §3.7 */
export interface ClockRange {
	readonly unit: "clock";
	/** Milliseconds since 1970. */
	readonly from: Millis;
	/** `undefined`: the end is open. */
	readonly to: Millis | undefined;
}

/** A valid Range field with a unit that is not supported here (`smpte`), or with the `time` parameter. */
export interface OtherRange {
	readonly unit: "other";
}

const OTHER: OtherRange = Object.freeze({ unit: "other" });

/** Parses a Range field: `npt=1.5-20`, `npt=now-`, `clock=19961108T143720.25Z-`; `undefined` when it is malformed. */
export function parseRtspRange(value: string): NptRange | ClockRange | OtherRange | undefined {
	if (value.length > FIELD_MAX) return undefined;
	const semicolon = value.indexOf(";");
	const text = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
	const equals = text.indexOf("=");
	if (equals < 1) return undefined;
	const unit = text.slice(0, equals).trim().toLowerCase();
	const range = text.slice(equals + 1).trim();
	const hyphen = range.indexOf("-");
	const first = (hyphen < 0 ? range : range.slice(0, hyphen)).trim();
	const last = hyphen < 0 ? "" : range.slice(hyphen + 1).trim();
	if (semicolon >= 0 || (unit !== "npt" && unit !== "clock")) return OTHER;
	// Some clients leave the hyphen of an open range out.
	if (first === "" && last === "") return undefined;
	return unit === "npt" ? parseNpt(first, last) : parseClock(first, last);
}

/** Formats a range in `npt`. @param to `undefined`: the end is open */
export function formatNptRange(from: Seconds | "now", to?: Seconds): string {
	const start = from === "now" ? from : formatThousandths(from);
	return `npt=${start}-${to === undefined ? "" : formatThousandths(to)}`;
}

/** Formats a range in absolute time. @param to `undefined`: the end is open */
export function formatClockRange(from: Millis, to?: Millis): string {
	return `clock=${formatClock(from)}-${to === undefined ? "" : formatClock(to)}`;
}

function parseNpt(first: string, last: string): NptRange | undefined {
	const from = first === "" ? undefined : first.toLowerCase() === "now" ? "now" : parseNptTime(first);
	const to = last === "" ? undefined : parseNptTime(last);
	if ((first !== "" && from === undefined) || (last !== "" && to === undefined)) return undefined;
	return { unit: "npt", from, to };
}

/** Seconds with a fraction, or `hh:mm:ss` with one. */
function parseNptTime(text: string): Seconds | undefined {
	const one = text.indexOf(":");
	if (one < 0) {
		const seconds = parseDecimal(text);
		return seconds === undefined || seconds < 0 || text[0] === "+" || text[0] === "-" ? undefined : seconds;
	}
	const two = text.indexOf(":", one + 1);
	const hours = parseDigits(text.slice(0, one), 6);
	const minutes = two < 0 ? undefined : parseDigits(text.slice(one + 1, two), 2);
	const seconds = two < 0 ? undefined : parseNptTime(text.slice(two + 1));
	if (hours === undefined || minutes === undefined || seconds === undefined) return undefined;
	return minutes > 59 || seconds >= 60 ? undefined : hours * 3600 + minutes * 60 + seconds;
}

function parseClock(first: string, last: string): ClockRange | undefined {
	const from = parseClockTime(first);
	const to = last === "" ? undefined : parseClockTime(last);
	if (from === undefined || (last !== "" && to === undefined)) return undefined;
	return { unit: "clock", from, to };
}

/** `YYYYMMDDThhmmss[.fraction]Z` */
function parseClockTime(text: string): Millis | undefined {
	if (text.length < 16 || text.length > 26 || text[8] !== "T" || !text.endsWith("Z")) return undefined;
	const fraction = text.length === 16 ? 0 : parseFraction(text.slice(15, -1));
	const year = parseDigits(text.slice(0, 4), 4);
	const month = parseDigits(text.slice(4, 6), 2);
	const day = parseDigits(text.slice(6, 8), 2);
	const hour = parseDigits(text.slice(9, 11), 2);
	const minute = parseDigits(text.slice(11, 13), 2);
	const second = parseDigits(text.slice(13, 15), 2);
	if (year === undefined || month === undefined || day === undefined || fraction === undefined) return undefined;
	if (hour === undefined || minute === undefined || second === undefined || year < 1970) return undefined;
	if (hour > 23 || minute > 59 || second > 60) return undefined;
	const time = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59));
	// A 31st of February would be one in March.
	if (new Date(time).getUTCMonth() !== month - 1 || new Date(time).getUTCDate() !== day) return undefined;
	return time + Math.floor(fraction * 1000);
}

function parseFraction(text: string): number | undefined {
	return text[0] === "." ? parseDecimal(text) : undefined;
}

function formatClock(time: Millis): string {
	const text = new Date(Math.max(0, time)).toISOString();
	return `${text.slice(0, 4)}${text.slice(5, 7)}${text.slice(8, 13)}${text.slice(14, 16)}${text.slice(17, 23)}Z`;
}
