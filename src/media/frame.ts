import type { Millis, Octets } from "../core/time";

/** Octets kept free before the JPEG for a part's header fields, so that one write sends a whole MJPEG part. */
export const FRAME_HEADROOM: Octets = 128;
/** Octets kept free after the JPEG for the closing boundary. */
export const FRAME_TAILROOM: Octets = 64;

/**
 * One JPEG picture in one buffer that all viewers share: `bytes[start, end)`, with free room on both sides.
 *
 * Reference-counted for hosts whose camera lends its buffers: code that keeps a frame beyond the call that brought it
 * calls {@link retain}, then {@link release} when done; the last release returns the buffer. The JPEG never changes.
 */
export class Frame {
	/** Where the part of a live stream starts and ends in `bytes`; -1 until the frame is wrapped, once for all viewers. */
	partStart = -1;
	partEnd = -1;
	private uses = 1;

	/**
	 * @param bytes the buffer: {@link FRAME_HEADROOM} free octets, the JPEG, {@link FRAME_TAILROOM} free octets
	 * @param start first octet of the JPEG (its SOI marker)
	 * @param end one past the last octet of the JPEG (its EOI marker)
	 * @param sequence counts the source's frames, dropped ones included
	 * @param utc when it was taken, in milliseconds since 1970; `undefined` where the host does not know the date
	 * @param recycle called with the buffer at the last release
	 */
	constructor(
		readonly bytes: Uint8Array,
		readonly start: number,
		readonly end: number,
		readonly sequence: number,
		readonly at: Millis,
		readonly utc: Millis | undefined,
		private readonly recycle?: (bytes: Uint8Array) => void,
	) {}

	get length(): Octets {
		return this.end - this.start;
	}

	retain(): this {
		this.uses++;
		return this;
	}

	release(): void {
		if (this.uses <= 0) throw new RangeError("frame released too often");
		if (--this.uses === 0) this.recycle?.(this.bytes);
	}
}
