import type { Frame } from "../../../src/media/frame";
import type { LumaReader, LumaSink } from "../../../src/ports/luma";
import type { RealTime } from "./real-time";

/** Lets a reader of the real world, which answers later, call into the virtual one. */
export class EnteringLumaReader implements LumaReader {
	constructor(
		private readonly reader: LumaReader,
		private readonly time: RealTime,
	) {}

	read(frame: Frame, sink: LumaSink): boolean {
		const { time } = this;
		return this.reader.read(frame, {
			luma: (frame, grid) => time.enter(() => sink.luma(frame, grid)),
			failed: (frame, detail) => time.enter(() => sink.failed(frame, detail)),
		});
	}
}
