import type { AccessUnit } from "../media/access-unit";
import type { Frame } from "../media/frame";

/** Receives a camera's frames. */
export interface FrameSink {
	/** A checked JPEG frame, which the sink releases when it is done with it. */
	frame(frame: Frame): void;
	/** The source has a problem, described for the page and the log, or works again (`undefined`). */
	trouble(message: string | undefined): void;
}

/** The quality at which a source compresses its pictures: higher looks better and takes more octets. */
export interface PictureQuality {
	/** The value asked of the source, 1 to 100 on the scale of JPEG encoders. */
	readonly value: number;
	/**
	 * Asks for another value, for the next pictures or for when the source runs again.
	 * @throws {RangeError} unless it is an integer from 1 to 100
	 */
	set(value: number): void;
}

/** The size of pictures in pixels. */
export interface Resolution {
	readonly width: number;
	readonly height: number;
}

/** How a picture is turned over: `both` is a turn by 180 degrees, for a camera that hangs upside down. */
export type Flip = "none" | "horizontal" | "vertical" | "both";

/** What can be chosen of a source's pictures. What is `undefined` can't be. */
export interface PictureLook {
	readonly resolution: Resolution | undefined;
	/** -100 (dark) to 100 (bright); 0: as the source is by itself. */
	readonly brightness: number | undefined;
	readonly flip: Flip | undefined;
}

/** Changes how a source's pictures look: size, brightness, flip. */
export interface PictureControls {
	/** What is asked of the source now. */
	readonly look: PictureLook;
	/** The sizes that can be chosen, largest first; empty: the size can't be changed. */
	readonly resolutions: readonly Resolution[];
	/**
	 * Asks for another look, for the next pictures or for when the source runs again. Members that are `undefined` stay.
	 * @throws {RangeError} when one of them is not offered
	 */
	set(look: Partial<PictureLook>): void;
}

/** Receives a camera's H.264 pictures. */
export interface UnitSink {
	/** The next picture, in decoding order, which the sink releases when it is done with it. */
	unit(unit: AccessUnit): void;
	/** The source has a problem, described for the page and the log, or works again (`undefined`). */
	trouble(message: string | undefined): void;
}

/**
 * The H.264 video of a camera, as the camera made it: nothing here encodes (STR-25).
 *
 * It runs between `start` and `stop`, whether or not the camera's JPEG frames are wanted at the same time.
 */
export interface UnitSource {
	/** Describes it for people: `H.264 of rtsp://garden/stream`. */
	readonly description: string;
	/** The newest sequence and picture parameter sets (NAL units without start codes); empty until known. */
	readonly parameterSets: readonly Uint8Array[];
	start(sink: UnitSink): void;
	stop(): void;
	/** Asks for a key picture soon; harmless where the source can't. */
	requestKey?(): void;
}

/** A camera that delivers JPEG frames at its own pace between `start` and `stop`. */
export interface FrameSource {
	/** Describes the source for people: `synthetic 640x480`, `/dev/video0 by ffmpeg`. */
	readonly description: string;
	/**
	 * Absent when the pictures arrive compressed and the quality can't be changed. Read it each time: a source may know only
	 * once it runs, and devices come and go.
	 */
	readonly quality?: PictureQuality | undefined;
	/** Absent where nothing of it can be changed. Read it each time, like {@link quality}. */
	readonly controls?: PictureControls | undefined;
	/** The same video as H.264, where the source has it. Read it each time, like {@link quality}. */
	readonly h264?: UnitSource | undefined;
	start(sink: FrameSink): void;
	stop(): void;
}

/**
 * Re-encodes pictures that RTP can't carry as ones that it can: baseline 4:2:0 with the standard Huffman tables (RFC 2435).
 *
 * It runs between `start` and `stop`, and costs nothing before the first picture.
 */
export interface JpegConverter {
	/** The sink gets the pictures in order, each at most once, with the number and the time of the original. */
	start(sink: FrameSink): void;
	/** Takes a picture, and retains it while it needs it; while one is in work only the newest waits. */
	convert(frame: Frame): void;
	/** Nothing comes after it. Harmless when repeated. */
	stop(): void;
}
