import type { StreamOutbox, StreamSource } from "../core/stream";
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
		const upTo = Math.min(this.end, this.at + out.room);
		if (upTo > this.at) out.writeShared(this.bytes, this.at, upTo);
		this.at = upTo;
		return upTo === this.end;
	}

	release(): void {}
}
