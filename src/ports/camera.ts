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
	/** Quality of its JPEGs, 1 to 100; absent where there is no choice. */
	readonly quality?: { readonly value: number; set(value: number): void };
	start(sink: FrameSink): void;
	stop(): void;
}
