import type { Frame } from "../media/frame";

/** Receives a camera's frames. */
export interface FrameSink {
	/** A checked JPEG frame; the sink retains it if it keeps it. */
	frame(frame: Frame): void;
	/** The source has trouble or is well again (`undefined`): words for the page and the log. */
	trouble(words: string | undefined): void;
}

/** How finely a source compresses its pictures: more looks better, and takes more octets. */
export interface PictureQuality {
	/** What is asked of the source, 1 to 100 as JPEG encoders count. */
	readonly value: number;
	/**
	 * Asks for another one: from the next pictures on, or whenever the source runs.
	 * @throws {RangeError} for anything but a whole number from 1 to 100
	 */
	set(value: number): void;
}

/** A camera: gives JPEG frames at its own pace between `start` and `stop`. */
export interface FrameSource {
	/** What it is, in words: `synthetic 640x480`, `/dev/video0 by ffmpeg`. */
	readonly description: string;
	/**
	 * Absent: the pictures come compressed, and there is no say in it. To be asked anew each time: a source may learn that
	 * only when it runs, and devices come and go.
	 */
	readonly quality?: PictureQuality | undefined;
	start(sink: FrameSink): void;
	stop(): void;
}
