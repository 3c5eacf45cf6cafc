import { type StreamOutbox, type StreamSource, writeWhatFits } from "../core/stream";
import type { Millis } from "../core/time";

/** Fills a stream with octets that lie in memory and will not change. */
export class BytesSource implements StreamSource {
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
