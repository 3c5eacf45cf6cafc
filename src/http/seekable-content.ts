import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { Validators } from "./conditions";

/**
 * Content that can be read from any offset: a file, a recording, octets in memory. `HttpReply.content` sends it, or a
 * range of it.
 */
export interface SeekableContent extends Validators {
	/** The media type, for the Content-Type field. */
	readonly type: string;
	/** Must not change until {@link close}. */
	readonly length: Octets;
	/** Returns a source of the octets in `[start, end)`. Called at most once, never for an empty range. */
	open(start: Octets, end: Octets): StreamSource;
	/** Frees resources. Called exactly once: after the source was released, or when none is needed. */
	close(): void;
}

/** Content in memory that does not change. */
export class BytesContent implements SeekableContent {
	constructor(
		readonly type: string,
		private readonly bytes: Uint8Array,
		readonly etag: string | undefined,
	) {}

	get length(): Octets {
		return this.bytes.length;
	}

	open(start: Octets, end: Octets): StreamSource {
		return new BytesSource(this.bytes, start, end);
	}

	close(): void {}
}

/** Sends octets in memory that do not change. */
class BytesSource implements StreamSource {
	/** Sends `bytes[at, end)`. */
	constructor(
		private readonly bytes: Uint8Array,
		private at: number,
		private readonly end: number,
	) {}

	fill(_now: Millis, out: StreamOutbox): boolean {
		this.at = writeWhatFits(out, this.bytes, this.at, this.end);
		return this.at === this.end;
	}

	release(): void {}
}
