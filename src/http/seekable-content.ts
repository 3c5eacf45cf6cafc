import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis, Octets } from "../core/time";
import type { Validators } from "./conditions";

/**
 * Content that can be read from any place: a file, a recording, octets in memory. It is what
 * `HttpReply.content` needs to answer ranges and conditions.
 */
export interface SeekableContent extends Validators {
	/** The media type, for the Content-Type field. */
	readonly type: string;
	/** Octets in all, for as long as it is open. */
	readonly length: Octets;
	/** Opens a source that gives exactly the octets from `start` up to, not including, `end`. Called at most once. */
	open(start: Octets, end: Octets): StreamSource;
	/** Frees what is held. Called exactly once, after the source was released, or when none is needed. */
	close(): void;
}

/** Content that lies in memory and will not change. */
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

/** Fills a stream with octets that lie in memory and will not change. */
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
