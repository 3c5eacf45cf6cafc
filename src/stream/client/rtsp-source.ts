import { maskCredentials } from "../../base/mask-credentials";
import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { FrameSink, FrameSource, PictureQuality, UnitSink, UnitSource } from "../../ports/camera";
import type { RtspTrack } from "./rtp-sink";
import type { RtspFailure } from "./rtsp-failure";
import type { RtspFeedOptions } from "./rtsp-feed";
import { RtspVideo, type RtspVideoHost, type RtspVideoSink } from "./rtsp-video";

/** What a host with a decoder makes of video that is not JPEG. */
export interface RtspDecoders {
	/** Makes JPEG frames of H.264 pictures; the result runs the units itself, and shares them as its `h264`. */
	decode(units: UnitSource): FrameSource;
	/** Opens the same camera in another way, for encodings that are neither JPEG nor H.264. */
	other(): FrameSource;
}

/**
 * A camera that is reached by RTSP, over one connection: its JPEG frames or its H.264 pictures as they are (STR-25).
 *
 * The connection exists while frames or H.264 pictures are wanted. JPEG frames of a camera that has H.264 need a decoder.
 */
export class RtspSource implements FrameSource, RtspVideoSink {
	private readonly video: RtspVideo;
	private readonly place: string;
	private readonly units: CameraUnits;
	private readonly decoded: FrameSource | undefined;
	private frames: FrameSink | undefined;
	private isDecoding = false;
	/** The source that runs in place of the video, which has an encoding of another kind. */
	private other: FrameSource | undefined;
	private lastAt: Millis = -Infinity;

	/**
	 * @param fps the maximum rate of JPEG frames per second
	 * @param decoders absent on a host without any
	 */
	constructor(
		host: RtspVideoHost,
		options: RtspFeedOptions,
		private readonly fps: number,
		private readonly decoders?: RtspDecoders,
	) {
		this.video = new RtspVideo(host, options, this);
		this.place = maskCredentials(this.video.place);
		this.units = new CameraUnits(this.video, this.place, () => this.update());
		this.decoded = decoders?.decode(this.units);
	}

	get description(): string {
		if (this.other !== undefined) return this.other.description;
		const { encoding } = this.video;
		if (encoding === undefined) return this.place;
		const how = encoding === "JPEG" ? "JPEG" : this.decoded === undefined ? "H.264" : "H.264, decoded by ffmpeg";
		return `${this.place} (${how})`;
	}

	/** Absent unless frames are decoded. */
	get quality(): PictureQuality | undefined {
		if (this.other !== undefined) return this.other.quality;
		return this.video.encoding === "H264" ? this.decoded?.quality : undefined;
	}

	/** Absent once it is known that the camera has another encoding. */
	get h264(): UnitSource | undefined {
		if (this.other !== undefined || this.video.encoding === "JPEG") return undefined;
		return this.decoded?.h264 ?? this.units;
	}

	start(sink: FrameSink): void {
		this.stop();
		this.frames = sink;
		this.lastAt = -Infinity;
		if (this.video.encoding === "H264") this.decode();
		this.update();
	}

	stop(): void {
		this.frames = undefined;
		this.endDecoding();
		// Next time the camera may be set to another encoding.
		this.other?.stop();
		this.other = undefined;
		this.update();
	}

	/** @see RtspVideoSink */
	described({ encoding }: RtspTrack): void {
		if (encoding === "H264") this.decode();
		else {
			this.endDecoding();
			this.units.sink?.trouble("the camera sends JPEG, not H.264");
		}
	}

	/** @see RtspVideoSink */
	trouble(message: string | undefined, failure: RtspFailure | undefined): void {
		this.units.sink?.trouble(message);
		if (this.frames === undefined) return;
		if (failure?.kind === "codec" && this.decoders !== undefined && this.other === undefined) {
			this.endDecoding();
			this.other = this.decoders.other();
			this.other.start(this.frames);
			this.update();
		} else if (!this.isDecoding) this.frames.trouble(message);
	}

	/** @see RtspVideoSink */
	picture(frame: Frame): void {
		// With a tenth of a period of tolerance, as pictures of a source at exactly this rate are sometimes early.
		const isEarly = frame.at - this.lastAt < 900 / this.fps;
		if (this.frames === undefined || isEarly) {
			frame.release();
			return;
		}
		this.lastAt = frame.at;
		this.frames.frame(frame);
	}

	/** @see RtspVideoSink */
	unit(unit: AccessUnit): void {
		const { sink } = this.units;
		if (sink === undefined) unit.release();
		else sink.unit(unit);
	}

	/** Begins to make JPEG frames of H.264, if they are wanted. */
	private decode(): void {
		const { frames, decoded } = this;
		if (frames === undefined || this.isDecoding) return;
		if (decoded === undefined) {
			frames.trouble(
				"the camera sends H.264, and nothing here can decode it: RTSP viewers can play it at /h264; for pictures on the pages use a stream of the camera that is JPEG (MJPEG)",
			);
			return;
		}
		this.isDecoding = true;
		decoded.start(frames);
	}

	private endDecoding(): void {
		if (!this.isDecoding) return;
		this.isDecoding = false;
		this.decoded?.stop();
	}

	/** Runs the connection while it is needed. */
	private update(): void {
		const needsFrames = this.frames !== undefined && this.other === undefined;
		if (needsFrames || this.units.sink !== undefined) this.video.start();
		else this.video.stop();
	}
}

/** The camera's H.264. */
class CameraUnits implements UnitSource {
	sink: UnitSink | undefined;

	/** @param changed is called when pictures are wanted, and when they no longer are */
	constructor(
		private readonly video: RtspVideo,
		private readonly place: string,
		private readonly changed: () => void,
	) {}

	get description(): string {
		return `H.264 of ${this.place}`;
	}

	get parameterSets(): readonly Uint8Array[] {
		return this.video.parameterSets;
	}

	start(sink: UnitSink): void {
		this.sink = sink;
		this.changed();
	}

	stop(): void {
		this.sink = undefined;
		this.changed();
	}
}
