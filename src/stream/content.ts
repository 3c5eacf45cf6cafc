import type { Millis, Seconds } from "../core/time";
import type { VideoEncoding } from "../media/video-encoding";

/** What SDP says of a content's video. Every content has one video and nothing else. */
export interface VideoDescription {
	readonly encoding: VideoEncoding;
	/** In pixels; 0: not known. */
	readonly width: number;
	readonly height: number;
	/** Pictures per second; 0: not known. */
	readonly frameRate: number;
	/** Of H.264: sequence and picture parameter sets (NAL units without start codes), possibly none yet. */
	readonly parameterSets: readonly Uint8Array[];
}

/** The part of a stored content that can be played. */
export interface StoredRange {
	readonly duration: Seconds;
	/** When its first picture was taken, in milliseconds since 1970; `undefined`: not known, so `clock` ranges are refused. */
	readonly utc: Millis | undefined;
	/** True: it is still being recorded, and playback without an end waits for what comes. @default false */
	readonly isGrowing?: boolean;
}

/** A content as DESCRIBE needs it (STR-11). */
export interface ContentDescription {
	/** Identifies the content in URLs: `live`, `h264`, `files/holiday.mjpeg`. */
	readonly id: string;
	/** For people. */
	readonly title: string;
	readonly video: VideoDescription;
	/** Absent for live contents. */
	readonly range?: StoredRange;
}

/** Where playback of a stored content starts and ends, and how fast. Live contents ignore it. @see RFC 2326 §12.29, §12.34, §12.35 */
export interface PlayRange {
	/** Seconds from the start of the content; `undefined`: where it was paused, or its start. */
	readonly from: Seconds | undefined;
	/** `undefined`: its end. */
	readonly to: Seconds | undefined;
	/** The speed of the content's time: 2 is twice as fast; negative plays backwards. @default 1 */
	readonly scale: number;
	/** The speed of delivery, with the content's time in the timestamps. @default 1 */
	readonly speed: number;
}
