import { utf8Encode } from "../base/text";
import { FRAME_HEADROOM, FRAME_TAILROOM, type Frame } from "../media/frame";

/** The boundary between the pictures of a live stream. @see RFC 2046 §5.1.1 */
export const BOUNDARY = "porthole-frame";
/** Content type of a live stream. */
export const MJPEG_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
/** The octets before the first part. */
export const FIRST_BOUNDARY = utf8Encode(`--${BOUNDARY}\r\n`);

const LENGTH = utf8Encode("Content-Type: image/jpeg\r\nContent-Length: ");
const TIMESTAMP = utf8Encode("\r\nX-Timestamp: ");
/** Three more decimals, as other MJPEG servers send them. */
const HEAD_END = utf8Encode("000\r\n\r\n");
/** The longest head: the length and the time have up to 16 digits each. */
const HEAD_MAX = LENGTH.length + 16 + TIMESTAMP.length + 17 + HEAD_END.length;
const NEXT_BOUNDARY = utf8Encode(`\r\n--${BOUNDARY}\r\n`);

/**
 * Wraps a frame for live streams, in the free room of its own buffer: header fields before the JPEG, and the boundary of
 * the *next* part after it, so that a browser shows the picture without waiting for the next one.
 *
 * Done once for each frame; all viewers are sent the same octets `bytes[partStart, partEnd)`.
 * @throws {RangeError} when the frame's buffer lacks the room that its contract requires
 */
export function wrapPart(frame: Frame): void {
	if (frame.partStart >= 0) return;
	const { bytes, start, end } = frame;
	if (start < HEAD_MAX || bytes.length - end < NEXT_BOUNDARY.length) {
		throw new RangeError(`a frame needs ${FRAME_HEADROOM} free octets before the JPEG and ${FRAME_TAILROOM} after it`);
	}
	// Octet by octet from the end: on XS each call of a string's method allocates.
	const millis = Math.floor(frame.utc ?? frame.at);
	let at = putBefore(bytes, start, HEAD_END);
	at = digitsBefore(bytes, at, millis % 1000, 3);
	bytes[--at] = 0x2e;
	at = digitsBefore(bytes, at, Math.floor(millis / 1000), 1);
	at = putBefore(bytes, at, TIMESTAMP);
	at = digitsBefore(bytes, at, end - start, 1);
	at = putBefore(bytes, at, LENGTH);
	bytes.set(NEXT_BOUNDARY, end);
	frame.partStart = at;
	frame.partEnd = end + NEXT_BOUNDARY.length;
}

/** Writes octets that end at `at`. @returns where they begin */
function putBefore(bytes: Uint8Array, at: number, what: Uint8Array): number {
	bytes.set(what, at - what.length);
	return at - what.length;
}

/** Writes a whole number that ends at `at`. @param least the least number of digits @returns where it begins */
function digitsBefore(bytes: Uint8Array, at: number, value: number, least: number): number {
	let start = at;
	for (let rest = value; rest > 0 || at - start < least; rest = Math.floor(rest / 10)) {
		bytes[--start] = 0x30 + (rest % 10);
	}
	return start;
}

/** Writes milliseconds as seconds with six decimals, as other MJPEG servers do. */
export function timestamp(millis: number): string {
	const whole = Math.floor(millis / 1000);
	return `${whole}.${`00${Math.floor(millis) - whole * 1000}`.slice(-3)}000`;
}
