import type { Frame } from "../../media/frame";
import { JpegDc } from "../../media/jpeg-dc";
import type { LumaGrid, LumaReader, LumaSink } from "../../ports/luma";

/** Reads the brightness of pictures at once, during the call: for hosts without threads. @see JpegDc */
export class InlineLumaReader implements LumaReader, LumaGrid {
	private readonly dc = new JpegDc();

	/** @see LumaGrid */
	get columns(): number {
		return this.dc.columns;
	}

	/** @see LumaGrid */
	get rows(): number {
		return this.dc.rows;
	}

	/** @see LumaGrid */
	get blocks(): Uint8Array {
		return this.dc.blocks;
	}

	/** @see LumaReader */
	read(frame: Frame, sink: LumaSink): boolean {
		const fault = this.dc.read(frame.bytes, frame.start, frame.end);
		if (fault === undefined) sink.luma(frame, this);
		else sink.failed(frame, fault);
		return true;
	}
}
