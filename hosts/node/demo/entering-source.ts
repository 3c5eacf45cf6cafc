import type { Frame } from "../../../src/media/frame";
import type { FrameSink, FrameSource, PictureControls, PictureQuality } from "../../../src/ports/camera";
import type { Thumbnailer } from "../../../src/ports/thumbnailer";
import type { RealTime } from "./real-time";

/** Lets a source of the real world call into the virtual one. */
export class EnteringSource implements FrameSource {
	constructor(
		private readonly source: FrameSource,
		private readonly time: RealTime,
	) {}

	get description(): string {
		return this.source.description;
	}

	get quality(): PictureQuality | undefined {
		return this.source.quality;
	}

	get controls(): PictureControls | undefined {
		return this.source.controls;
	}

	start(sink: FrameSink): void {
		const { time } = this;
		this.source.start({
			frame: (frame) => time.enter(() => sink.frame(frame)),
			trouble: (words) => time.enter(() => sink.trouble(words)),
		});
	}

	stop(): void {
		this.source.stop();
	}
}

/** Lets thumbnails of the real world come into the virtual one. */
export class EnteringThumbnailer implements Thumbnailer {
	constructor(
		private readonly thumbnailer: Thumbnailer,
		private readonly time: RealTime,
	) {}

	make(frame: Frame, width: number, done: (jpeg: Uint8Array | undefined) => void): void {
		this.thumbnailer.make(frame, width, (jpeg) => this.time.enter(() => done(jpeg)));
	}
}
