import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { LumaReader, LumaSink } from "../../ports/luma";

/** After a picture was read, none is for this many times as long: recording needs the rest of the time. */
const REST = 3;

/**
 * Reads with another reader, in a quarter of the time at most: on a host without threads, reading the pictures of many cameras
 * would keep them from being recorded. A busy machine, on which everything takes longer, reads fewer.
 */
export class SparingLumaReader implements LumaReader {
	private restUntil: Millis = 0;

	/** @param reader one that reads during the call */
	constructor(
		private readonly reader: LumaReader,
		private readonly clock: { now(): Millis },
	) {}

	/** @see LumaReader */
	read(frame: Frame, sink: LumaSink): boolean {
		const start = this.clock.now();
		if (start < this.restUntil) return false;
		const isRead = this.reader.read(frame, sink);
		const end = this.clock.now();
		this.restUntil = end + REST * (end - start);
		return isRead;
	}
}
