import { readU16 } from "../../base/byte-writer";
import type { Octets } from "../../core/time";

/** `$`, the channel, the length. */
const HEADER = 4;
/** The longest frame that is passed on; RTCP packets of players are much shorter. */
const FRAME_MAX: Octets = 2048;
const NOTHING = new Uint8Array(0);

/**
 * Reads the frames that a client sends between its messages, however the stream is cut. Only frames that are cut are copied.
 * Longer ones than RTCP needs are skipped.
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
		const isSkipped = this.length > FRAME_MAX;
		if (done === 0 && count === this.length && !isSkipped) {
			this.bytes = bytes;
			this.start = at;
			this.end = at + count;
		} else if (!isSkipped) {
			if (done === 0) this.body = new Uint8Array(this.length);
			this.body.set(bytes.subarray(at, at + count), done);
			this.bytes = this.body;
			this.start = 0;
			this.end = this.length;
		}
		this.taken += count;
		if (this.taken - HEADER === this.length) {
			this.isOpen = false;
			this.isWhole = !isSkipped;
			this.body = NOTHING;
			if (isSkipped) this.skipped++;
		}
		return at + count - start;
	}

	/** Lets the octets go that were passed in. */
	release(): void {
		this.bytes = NOTHING;
		this.isWhole = false;
	}
}
