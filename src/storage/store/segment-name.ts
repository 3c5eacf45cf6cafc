import { parseDigits } from "../../base/digits";
import { DAY, type Millis } from "../../core/time";
import type { VideoEncoding } from "../../media/video-encoding";
import { type CameraKey, type GapReason, isCameraKey, type Utc } from "../recording";

/** The folder of all recordings, below the root of the store. */
export const RECORDINGS_FOLDER = "recordings";
/** Longer segments do not exist: so many milliseconds before a time there is nothing that reaches it. */
export const SEGMENT_DURATION_MAX: Millis = 900_000;
/** What the name of a segment that is being written ends in. */
const PART_SUFFIX = ".mkv.part";

const SUFFIX = ".mkv";
const HOUR: Millis = 3_600_000;
const MINUTE: Millis = 60_000;
const SECOND: Millis = 1000;
/** The length of `17-40-00.123`. */
const TIME_LENGTH = 12;
/** The gap reasons in the order of their codes in the index; 0 stands for none. */
const GAPS: readonly (GapReason | undefined)[] = [undefined, "off", "waiting", "source", "storage", "crash", "clock"];

/** What the name of a finished segment says about it, so that the index can be made without opening it. */
export interface SegmentFacts {
	readonly start: Utc;
	readonly duration: Millis;
	readonly pictures: number;
	readonly width: number;
	readonly height: number;
	readonly encoding: VideoEncoding;
	readonly gap: GapReason | undefined;
}

/** The folder of a camera's recordings. */
export function cameraFolder(camera: CameraKey): string {
	return `${RECORDINGS_FOLDER}/${camera}`;
}

/** The folder of the segments that begin on the UTC day of a time. */
export function dayFolder(camera: CameraKey, start: Utc): string {
	return `${RECORDINGS_FOLDER}/${camera}/${dayName(start)}`;
}

/** The day that was written last: mostly the next one is the same. */
const newest = { day: Number.NaN, name: "" };

/** Writes the UTC date of a time: `2026-11-26`. */
export function dayName(utc: Utc): string {
	const day = Math.floor(utc / DAY);
	if (day !== newest.day) {
		newest.day = day;
		newest.name = new Date(day * DAY).toISOString().slice(0, 10);
	}
	return newest.name;
}

/** Reads what {@link dayName} has written. @returns when the day begins */
export function parseDayName(name: string): Utc | undefined {
	if (name.length !== 10 || name[4] !== "-" || name[7] !== "-") return undefined;
	const year = parseDigits(name.slice(0, 4), 4, 4);
	const month = parseDigits(name.slice(5, 7), 2, 2);
	const day = parseDigits(name.slice(8), 2, 2);
	if (year === undefined || year < 1970 || month === undefined || day === undefined) return undefined;
	const utc = Date.UTC(year, month - 1, day);
	return dayName(utc) === name ? utc : undefined;
}

/** The name of a segment while it is being written: `17-40-00.123.mkv.part`. */
export function partName(start: Utc): string {
	return timeName(start) + PART_SUFFIX;
}

/** Reads what {@link partName} has written. @returns the start of the segment */
export function parsePartName(day: Utc, name: string): Utc | undefined {
	if (name.length !== TIME_LENGTH + PART_SUFFIX.length || !name.endsWith(PART_SUFFIX)) return undefined;
	return parseTime(day, name);
}

/** The name of a finished segment: `17-40-00.123_599964ms_3000p_640x480_jpeg_off.mkv`; without a gap its reason is missing. */
export function segmentName(facts: SegmentFacts): string {
	const { start, duration, pictures, width, height, encoding, gap } = facts;
	const kind = encoding === "JPEG" ? "jpeg" : "h264";
	const why = gap === undefined ? "" : `_${gap}`;
	return `${timeName(start)}_${duration}ms_${pictures}p_${width}x${height}_${kind}${why}${SUFFIX}`;
}

/** Reads what {@link segmentName} has written. @returns `undefined` for any other name */
export function parseSegmentName(day: Utc, name: string): SegmentFacts | undefined {
	if (name.length > 80 || !name.endsWith(SUFFIX)) return undefined;
	const words = name.slice(0, -SUFFIX.length).split("_");
	if (words.length < 5 || words.length > 6 || words[0].length !== TIME_LENGTH) return undefined;
	const start = parseTime(day, name);
	const duration = numberBefore(words[1], "ms");
	const pictures = numberBefore(words[2], "p");
	const cross = words[3].indexOf("x");
	const width = parseDigits(words[3].slice(0, Math.max(0, cross)), 5);
	const height = parseDigits(words[3].slice(cross + 1), 5);
	const encoding = words[4] === "jpeg" ? "JPEG" : words[4] === "h264" ? "H264" : undefined;
	const gap = words.length === 6 ? parseGap(words[5]) : undefined;
	if (start === undefined || duration === undefined || pictures === undefined || encoding === undefined)
		return undefined;
	if (width === undefined || height === undefined || width > 65_535 || height > 65_535) return undefined;
	if (duration > SEGMENT_DURATION_MAX || (words.length === 6 && gap === undefined)) return undefined;
	return { start, duration, pictures, width, height, encoding, gap };
}

/** Where a segment is, from its path below the root of the store. */
export interface SegmentPlace {
	readonly camera: CameraKey;
	/** When the day of its folder begins. */
	readonly day: Utc;
	readonly start: Utc;
}

/** Reads the path of a segment. @returns `undefined` for the path of anything else */
export function parseSegmentPath(path: string): SegmentPlace | undefined {
	const words = path.split("/", 5);
	if (words.length !== 4 || words[0] !== RECORDINGS_FOLDER || !isCameraKey(words[1])) return undefined;
	const day = parseDayName(words[2]);
	const start = day === undefined ? undefined : parseTime(day, words[3]);
	return day === undefined || start === undefined ? undefined : { camera: words[1], day, start };
}

/** The code of a gap reason, 0 to 7. */
export function gapCode(gap: GapReason | undefined): number {
	return GAPS.indexOf(gap);
}

/** The gap reason of a code. */
export function gapOf(code: number): GapReason | undefined {
	return GAPS[code];
}

/** Reads a gap reason. */
export function parseGap(text: string): GapReason | undefined {
	for (let i = 1; i < GAPS.length; i++) if (GAPS[i] === text) return GAPS[i];
	return undefined;
}

/** Writes the time of the day: `17-40-00.123`. */
function timeName(utc: Utc): string {
	const time = utc - Math.floor(utc / DAY) * DAY;
	const hour = Math.floor(time / HOUR);
	const minute = Math.floor(time / MINUTE) % 60;
	const second = Math.floor(time / SECOND) % 60;
	return `${two(hour)}-${two(minute)}-${two(second)}.${`${(time % SECOND) + SECOND}`.slice(1)}`;
}

function two(value: number): string {
	return value < 10 ? `0${value}` : `${value}`;
}

/** Reads the time at the beginning of a name. */
function parseTime(day: Utc, name: string): Utc | undefined {
	if (name[2] !== "-" || name[5] !== "-" || name[8] !== ".") return undefined;
	const hour = parseDigits(name.slice(0, 2), 2, 2);
	const minute = parseDigits(name.slice(3, 5), 2, 2);
	const second = parseDigits(name.slice(6, 8), 2, 2);
	const millis = parseDigits(name.slice(9, TIME_LENGTH), 3, 3);
	if (hour === undefined || minute === undefined || second === undefined || millis === undefined) return undefined;
	if (hour > 23 || minute > 59 || second > 59) return undefined;
	return day + hour * HOUR + minute * MINUTE + second * SECOND + millis;
}

function numberBefore(word: string, unit: string): number | undefined {
	if (!word.endsWith(unit)) return undefined;
	const value = parseDigits(word.slice(0, -unit.length), 10);
	return value === undefined || value > 0xffffffff ? undefined : value;
}
