import type { Millis } from "../../core/time";
import {
	type ClockRange,
	formatClockRange,
	formatNptRange,
	type NptRange,
	parseRtspRange,
} from "../../wire/rtsp-range";
import { parseScale, parseSpeed } from "../../wire/rtsp-speed";
import { formatDecimal } from "../../wire/rtsp-syntax";
import type { PlayRange, StoredRange } from "../content";
import { RtspRefusal } from "../rtsp-refusal";

/** What a PLAY request asks for. */
export interface PlayRequest {
	readonly range: NptRange | ClockRange | undefined;
	/** `undefined`: the field is absent. */
	readonly scale: number | undefined;
	readonly speed: number | undefined;
}

const MALFORMED = new RtspRefusal(400, "Range, Scale or Speed cannot be read");
const OTHER_UNIT = new RtspRefusal(501, "only the ranges npt and clock are supported, without a time to begin at");
const NO_CLOCK = new RtspRefusal(457, "the time of this content is not known, use npt");
const BACKWARDS = new RtspRefusal(457, "the range ends before it begins");

/** Reads the fields of a PLAY request; an absent one is `undefined`. */
export function readPlayRequest(
	range: string | undefined,
	scale: string | undefined,
	speed: string | undefined,
): PlayRequest | RtspRefusal {
	const asked = range === undefined ? undefined : parseRtspRange(range);
	const scaled = scale === undefined ? undefined : parseScale(scale);
	const sped = speed === undefined ? undefined : parseSpeed(speed);
	if (range !== undefined && asked === undefined) return MALFORMED;
	if ((scale !== undefined && scaled === undefined) || (speed !== undefined && sped === undefined)) return MALFORMED;
	if (asked?.unit === "other") return OTHER_UNIT;
	return { range: asked, scale: scaled, speed: sped };
}

/**
 * Translates a request into the content's own time.
 * @param stored of the content; needed for a clock range
 * @returns `undefined`: play on
 */
export function playRangeOf(
	{ range, scale, speed }: PlayRequest,
	stored: StoredRange | undefined,
): PlayRange | RtspRefusal | undefined {
	if (range === undefined && scale === undefined && speed === undefined) return undefined;
	let from: number | undefined;
	let to: number | undefined;
	if (range?.unit === "npt") {
		from = range.from === "now" ? undefined : range.from;
		to = range.to;
	} else if (range?.unit === "clock") {
		const utc = stored?.utc;
		if (utc === undefined) return NO_CLOCK;
		from = (range.from - utc) / 1000;
		to = range.to === undefined ? undefined : (range.to - utc) / 1000;
		if (from < 0 || (to !== undefined && to < 0)) return new RtspRefusal(457, "the content begins later");
	}
	// Played backwards, a range ends before it begins. RFC 2326 §12.34
	const isReversed = from !== undefined && to !== undefined && ((scale ?? 1) > 0 ? to < from : to > from);
	return isReversed ? BACKWARDS : { from, to, scale: scale ?? 1, speed: speed ?? 1 };
}

/**
 * The fields with which PLAY answers what is played.
 * @param played of stored contents
 * @param utc when the content begins, if the client asked in absolute time
 */
export function playFields(
	asked: PlayRequest,
	played: PlayRange | undefined,
	utc: Millis | undefined,
): (readonly [string, string])[] {
	const fields: (readonly [string, string])[] = [];
	const from = played?.from ?? 0;
	if (played === undefined) fields.push(["Range", formatNptRange("now")]);
	else if (asked.range?.unit === "clock" && utc !== undefined) {
		const end = played.to === undefined ? undefined : utc + played.to * 1000;
		fields.push(["Range", formatClockRange(utc + from * 1000, end)]);
	} else fields.push(["Range", formatNptRange(from, played.to)]);
	if (asked.scale !== undefined) fields.push(["Scale", formatDecimal(played?.scale ?? 1)]);
	if (asked.speed !== undefined) fields.push(["Speed", formatDecimal(played?.speed ?? 1)]);
	return fields;
}
