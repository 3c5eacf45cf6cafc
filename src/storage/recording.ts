import type { Millis, Octets } from "../core/time";
import type { VideoEncoding } from "../media/video-encoding";

/** A date and time: milliseconds since 1970, UTC. */
export type Utc = Millis;

/**
 * Identifies a recorded camera for good, and is the name of its folder: the identity of a camera of the fleet (16 hexadecimal
 * digits), or 1 to 48 lower-case letters, digits and hyphens that the owner chose for the camera at a URL. @see isCameraKey
 */
export type CameraKey = string;

/** Returns whether text can be a {@link CameraKey}. */
export function isCameraKey(text: string): boolean {
	if (text.length < 1 || text.length > 48) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const isHyphen = code === 45 && i > 0;
		if (!isHyphen && !(code >= 97 && code <= 122) && !(code >= 48 && code <= 57)) return false;
	}
	return true;
}

/** Why nothing is recorded after a segment. */
export type GapReason =
	/** The owner switched recording off, or the recorder was shut down in order. */
	| "off"
	/** Recording is scheduled, or waits for an event, and it was not time. */
	| "waiting"
	/** No pictures came from the camera. */
	| "source"
	/** The medium was full, failed, or was too slow. */
	| "storage"
	/** The recorder stopped without notice: the program was killed, or the power failed. */
	| "crash"
	/** The clock was set to another time. */
	| "clock";

/** A file with pictures of one camera in one encoding, without a gap. */
export interface Segment {
	readonly camera: CameraKey;
	/** Where it is below the root of the store. */
	readonly path: string;
	/** When its first picture was taken. */
	readonly start: Utc;
	/** Until when its last picture is shown. Of a running segment it grows. */
	readonly end: Utc;
	readonly encoding: VideoEncoding;
	/** In pixels. */
	readonly width: number;
	readonly height: number;
	readonly pictures: number;
	readonly octets: Octets;
	/** True: it is being written. */
	readonly isRunning: boolean;
	/** True: it is kept, whatever the quota says. */
	readonly isLocked: boolean;
	/** Why nothing follows; `undefined` where the next segment begins without a gap, and while it is running. */
	readonly gap: GapReason | undefined;
}

/** A camera of which there are, or will be, recordings. */
export interface RecordedCamera {
	readonly key: CameraKey;
	/** Its name for people, as last recorded. */
	readonly title: string;
	/** Start of its oldest segment and end of its newest; both 0 without any. */
	readonly from: Utc;
	readonly to: Utc;
	readonly octets: Octets;
}
