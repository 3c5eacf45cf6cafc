import type { Seconds } from "../../core/time";
import type { PlayRange } from "../content";
import { TICKS_PER_SECOND, type Ticks } from "./stored-content";

/** The fastest and the slowest playback, forwards and backwards. */
export const SCALE_MAX = 32;
export const SCALE_MIN = 1 / 8;
/** The fastest and the slowest delivery. */
const SPEED_MAX = 8;
const SPEED_MIN = 1 / 8;

/** Returns a time in ticks. */
export function ticksOf(time: Seconds): Ticks {
	return Math.round(time * TICKS_PER_SECOND);
}

/** A range within a stored content, in ticks. */
export interface TickRange {
	/** `undefined`: where playback was paused, or its start. */
	readonly from: Ticks | undefined;
	/** `Infinity`: what is being recorded, as long as it is. */
	readonly to: Ticks;
	readonly scale: number;
	readonly speed: number;
}

/**
 * Returns the range of a stored content that is nearest to what a client asks for; `undefined`: the content has no such range
 * (457).
 * @param isGrowing more is being recorded
 * @see RFC 2326 §12.29, §12.34, §12.35
 */
export function possibleRange(wanted: PlayRange, duration: Seconds, isGrowing = false): TickRange | undefined {
	const { from, to } = wanted;
	const scale = within(Math.abs(wanted.scale), SCALE_MIN, SCALE_MAX) * (wanted.scale < 0 ? -1 : 1);
	const speed = within(wanted.speed, SPEED_MIN, SPEED_MAX);
	if (Number.isNaN(scale) || Number.isNaN(speed)) return undefined;
	if (from !== undefined && !(from >= 0 && from <= duration)) return undefined;
	if (to !== undefined && !(to >= 0)) return undefined;
	if (from !== undefined && to !== undefined && (scale > 0 ? to <= from : to >= from)) return undefined;
	const end = isGrowing ? Infinity : ticksOf(duration);
	return {
		from: from === undefined ? undefined : ticksOf(from),
		to: to === undefined ? (scale > 0 ? end : 0) : Math.min(end, ticksOf(to)),
		scale,
		speed,
	};
}

function within(value: number, min: number, max: number): number {
	return Math.min(max, Math.max(min, value));
}
