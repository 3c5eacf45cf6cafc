import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../../src/media/frame";
import { parseJpeg } from "../../../../src/media/jpeg";
import type { FrameSink, FrameSource } from "../../../../src/ports/camera";

/** A source whose frames a test gives, and which tells what becomes of them. */
export class ToySource implements FrameSource {
	readonly description = "toy";
	sink: FrameSink | undefined;
	starts = 0;
	stops = 0;
	/** Frames that somebody still has. */
	lent = 0;
	private sequence = 0;

	start(sink: FrameSink): void {
		this.sink = sink;
		this.starts++;
	}

	stop(): void {
		this.sink = undefined;
		this.stops++;
	}

	/** Gives a frame to the sink. @param at when it was taken */
	give(picture: Uint8Array, at: number): void {
		this.sink?.frame(this.make(picture, at));
	}

	/** Makes a frame that counts as lent until it is released. */
	make(picture: Uint8Array, at: number): Frame {
		if (parseJpeg(picture, 0, picture.length) === undefined) throw new Error("not a JPEG");
		const bytes = new Uint8Array(FRAME_HEADROOM + picture.length + FRAME_TAILROOM);
		bytes.set(picture, FRAME_HEADROOM);
		this.lent++;
		const end = FRAME_HEADROOM + picture.length;
		return new Frame(bytes, FRAME_HEADROOM, end, this.sequence++, at, undefined, () => {
			this.lent--;
		});
	}
}
