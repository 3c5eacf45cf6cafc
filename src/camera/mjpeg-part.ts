import { utf8Encode } from "../base/text";
import { FRAME_HEADROOM, FRAME_TAILROOM, type Frame } from "../media/frame";

/** Parts the pictures of a live stream. @see RFC 2046 §5.1.1 */
export const BOUNDARY = "porthole-frame";
/** Content type of a live stream. */
export const MJPEG_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
/** What comes before the first part. */
export const FIRST_BOUNDARY = utf8Encode(`--${BOUNDARY}\r\n`);

const NEXT_BOUNDARY = utf8Encode(`\r\n--${BOUNDARY}\r\n`);
const BEFORE_LENGTH = utf8Encode("Content-Type: image/jpeg\r\nContent-Length: ");
const BEFORE_TIME = utf8Encode("\r\nX-Timestamp: ");
const AFTER_TIME = utf8Encode("000\r\n\r\n");
/** The header fields with a length and a time of 16 digits each. */
const HEAD_MAX = BEFORE_LENGTH.length + BEFORE_TIME.length + AFTER_TIME.length + 33;

const ZERO = 48;
const POINT = 46;

/**
 * Wraps a frame for live streams, in the free room of its own buffer: header fields before the JPEG, the boundary of
 * the *next* part behind it, so that a browser shows the picture without waiting for the next one.
 *
 * Done once a frame, whoever comes first: all viewers send the same octets `bytes[partStart, partEnd)`. The header is
 * written backwards from the JPEG, digit by digit: nothing is allocated.
 * @throws {RangeError} when the frame's buffer has not the room that its contract asks for
 */
export function wrapPart(frame: Frame): void {
	if (frame.partStart >= 0) return;
	const { bytes, start, end } = frame;
	if (start < HEAD_MAX || bytes.length - end < NEXT_BOUNDARY.length) {
		throw new RangeError(`a frame needs ${FRAME_HEADROOM} free octets before the JPEG and ${FRAME_TAILROOM} behind`);
	}
	const millis = Math.floor(frame.utc ?? frame.at);
	const seconds = Math.floor(millis / 1000);
	let at = start - AFTER_TIME.length;
	bytes.set(AFTER_TIME, at);
	at = numberBefore(bytes, at, millis - seconds * 1000, 3);
	bytes[--at] = POINT;
	at = numberBefore(bytes, at, seconds, 1) - BEFORE_TIME.length;
	bytes.set(BEFORE_TIME, at);
	at = numberBefore(bytes, at, end - start, 1) - BEFORE_LENGTH.length;
	bytes.set(BEFORE_LENGTH, at);
	bytes.set(NEXT_BOUNDARY, end);
	frame.partStart = at;
	frame.partEnd = end + NEXT_BOUNDARY.length;
}

/** Writes a number in at least `digits` digits that end before `end`. @returns where it begins */
function numberBefore(bytes: Uint8Array, end: number, value: number, digits: number): number {
	let rest = value;
	let at = end;
	while (rest > 0 || end - at < digits) {
		const tens = Math.floor(rest / 10);
		bytes[--at] = ZERO + rest - tens * 10;
		rest = tens;
	}
	return at;
}

/** Writes milliseconds as seconds with six decimals, as other MJPEG servers do. */
export function timestamp(millis: number): string {
	const whole = Math.floor(millis / 1000);
	return `${whole}.${`00${Math.floor(millis) - whole * 1000}`.slice(-3)}000`;
}
