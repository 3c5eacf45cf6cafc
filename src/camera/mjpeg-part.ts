import { utf8Encode } from "../base/text";
import { FRAME_HEADROOM, FRAME_TAILROOM, type Frame } from "../media/frame";

/** Parts the pictures of a live stream. @see RFC 2046 §5.1.1 */
export const BOUNDARY = "porthole-frame";
/** Content type of a live stream. */
export const MJPEG_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
/** What comes before the first part. */
export const FIRST_BOUNDARY = utf8Encode(`--${BOUNDARY}\r\n`);

const NEXT_BOUNDARY = utf8Encode(`\r\n--${BOUNDARY}\r\n`);

/**
 * Wraps a frame for live streams, in the free room of its own buffer: header fields before the JPEG, the boundary of
 * the *next* part behind it, so that a browser shows the picture without waiting for the next one.
 *
 * Done once a frame, whoever comes first: all viewers send the same octets `bytes[partStart, partEnd)`.
 * @throws {RangeError} when the frame's buffer has not the room that its contract asks for
 */
export function wrapPart(frame: Frame): void {
	if (frame.partStart >= 0) return;
	const { bytes, start, end } = frame;
	const seconds = timestamp(frame.utc ?? frame.at);
	const head = utf8Encode(
		`Content-Type: image/jpeg\r\nContent-Length: ${end - start}\r\nX-Timestamp: ${seconds}\r\n\r\n`,
	);
	if (start < head.length || bytes.length - end < NEXT_BOUNDARY.length) {
		throw new RangeError(`a frame needs ${FRAME_HEADROOM} free octets before the JPEG and ${FRAME_TAILROOM} behind`);
	}
	bytes.set(head, start - head.length);
	bytes.set(NEXT_BOUNDARY, end);
	frame.partStart = start - head.length;
	frame.partEnd = end + NEXT_BOUNDARY.length;
}

/** Writes milliseconds as seconds with six decimals, as other MJPEG servers do. */
export function timestamp(millis: number): string {
	const whole = Math.floor(millis / 1000);
	return `${whole}.${`00${Math.floor(millis) - whole * 1000}`.slice(-3)}000`;
}
