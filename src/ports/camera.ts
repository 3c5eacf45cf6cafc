import type { Frame } from "../media/frame";

/** Receives a camera's frames. */
export interface FrameSink {
	/** A checked JPEG frame; the sink retains it if it keeps it. */
	frame(frame: Frame): void;
	/** The source has trouble or is well again (`undefined`): words for the page and the log. */
	trouble(words: string | undefined): void;
}

/** A camera: gives JPEG frames at its own pace between `start` and `stop`. */
export interface FrameSource {
	/** What it is, in words: `synthetic 640x480`, `/dev/video0 by ffmpeg`. */
	readonly description: string;
	start(sink: FrameSink): void;
	stop(): void;
}
