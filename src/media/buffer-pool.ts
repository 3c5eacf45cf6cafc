import type { Octets } from "../core/time";

/** How many unused buffers are kept. */
const KEPT_MAX = 4;
const ROUND: Octets = 16_384;

/** Buffers of pictures that are used again after the last release of the picture; it allocates only while pictures grow. */
export class BufferPool {
	private readonly unused: Uint8Array[] = [];
	/** The length of the largest buffer so far: the next ones are as long, so that all fit. */
	private length: Octets = 0;
	/** Takes a buffer back: for the `recycle` of pictures. */
	readonly put = (bytes: Uint8Array): void => {
		if (bytes.length === this.length && this.unused.length < KEPT_MAX) this.unused.push(bytes);
	};

	/** Takes a buffer of at least so many octets, with any content. */
	take(octets: Octets): Uint8Array {
		if (octets > this.length) {
			this.length = Math.ceil((octets + (octets >> 2)) / ROUND) * ROUND;
			this.unused.length = 0;
		}
		return this.unused.pop() ?? new Uint8Array(this.length);
	}

	/** Returns a larger buffer with the first `used` octets of `bytes`, which goes back. */
	grow(bytes: Uint8Array, used: Octets, octets: Octets): Uint8Array {
		const larger = this.take(Math.max(octets, used + (used >> 1)));
		larger.set(used === bytes.length ? bytes : bytes.subarray(0, used));
		this.put(bytes);
		return larger;
	}
}
