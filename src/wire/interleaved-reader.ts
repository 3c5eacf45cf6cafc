import { readU16 } from "../base/byte-writer";
import type { Octets } from "../core/time";

/** `$`, the channel, the length. */
const HEADER = 4;
const NOTHING = new Uint8Array(0);

/**
 * Reads the frames between the messages of an RTSP connection, however the stream is cut. Only frames that are cut are copied;
 * those that are too long are skipped.
 * @see RFC 2326 §10.12
 */
export class InterleavedReader {
	/** Whether a frame has begun and not ended. */
	isOpen = false;
	/** Whether the last {@link feed} has completed a frame: `bytes[start, end)` on {@link channel}. */
	isWhole = false;
	channel = 0;
	bytes: Uint8Array = NOTHING;
	start = 0;
	end = 0;
	/** Frames that were skipped. */
	skipped = 0;
	private readonly header = new Uint8Array(HEADER);
	private taken = 0;
	private length = 0;
	private body: Uint8Array = NOTHING;

	/**
	 * @param most the longest frame that is passed on
	 * @param keeps whether the buffer for frames that are cut is used again
	 */
	constructor(
		private readonly most: Octets,
		private readonly keeps = false,
	) {}

	/** A frame begins; the next octet that is fed is its `$`. */
	begin(): void {
		this.isOpen = true;
		this.taken = 0;
	}

	/** Reads up to the end of the frame. @returns how many octets were consumed */
	feed(bytes: Uint8Array, start: number, end: number): number {
		this.isWhole = false;
		let at = start;
		while (this.taken < HEADER && at < end) this.header[this.taken++] = bytes[at++];
		if (this.taken < HEADER) return at - start;
		if (this.taken === HEADER) {
			this.channel = this.header[1];
			this.length = readU16(this.header, 2);
		}
		const done = this.taken - HEADER;
		const count = Math.min(this.length - done, end - at);
		const isSkipped = this.length > this.most;
		if (done === 0 && count === this.length && !isSkipped) {
			this.bytes = bytes;
			this.start = at;
			this.end = at + count;
		} else if (!isSkipped) {
			if (done === 0 && this.body.length < this.length) this.body = new Uint8Array(this.length);
			this.body.set(bytes.subarray(at, at + count), done);
			this.bytes = this.body;
			this.start = 0;
			this.end = this.length;
		}
		this.taken += count;
		if (this.taken - HEADER === this.length) {
			this.isOpen = false;
			this.isWhole = !isSkipped;
			if (isSkipped) this.skipped++;
		}
		return at + count - start;
	}

	/** Lets the octets go that were passed in. */
	release(): void {
		this.bytes = NOTHING;
		if (!this.keeps) this.body = NOTHING;
		this.isWhole = false;
	}
}
