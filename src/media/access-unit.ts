import type { Lease } from "../core/stream";
import type { Millis, Octets } from "../core/time";

/**
 * One H.264 picture (an access unit) in one buffer that all viewers share: `bytes[start, end)` in the byte-stream format,
 * each NAL unit after a start code `00 00 01` or `00 00 00 01`.
 *
 * Reference-counted like a `Frame`. The octets never change.
 * @see ITU-T H.264 Annex B
 */
export class AccessUnit implements Lease {
	private uses = 1;

	/**
	 * @param isKey true: decoding can start here (it holds an IDR picture)
	 * @param sequence counts the source's pictures, dropped ones included
	 * @param at when it was taken or arrived, on the monotonic clock
	 * @param ticks the time of the picture on the content's own 90 kHz clock, 32 bits, from any origin
	 * @param recycle called with the buffer at the last release
	 */
	constructor(
		readonly bytes: Uint8Array,
		readonly start: number,
		readonly end: number,
		readonly isKey: boolean,
		readonly sequence: number,
		readonly at: Millis,
		readonly ticks: number,
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
		if (this.uses <= 0) throw new RangeError("access unit released too often");
		if (--this.uses === 0) this.recycle?.(this.bytes);
	}
}
