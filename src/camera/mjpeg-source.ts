import { maskCredentials } from "../base/mask-credentials";
import type { Millis } from "../core/time";
import type { Frame } from "../media/frame";
import type { FrameSink, FrameSource, PictureQuality, UnitSource } from "../ports/camera";
import { formatHttpUrl, type HttpSourceUrl } from "../wire/http-source-url";
import { type MjpegFailure, mjpegFailureText } from "./mjpeg-failure";
import { MjpegFeed, type MjpegFeedHost, type MjpegFeedOptions, type MjpegFeedSink } from "./mjpeg-feed";

/** How a camera is reached. @see MjpegFeedOptions */
export type MjpegSourceOptions = Omit<MjpegFeedOptions, "place"> & {
	readonly place: HttpSourceUrl;
};

/** A camera that is reached by a URL of a Motion JPEG stream, without ffmpeg. The connection exists while frames are wanted. */
export class MjpegSource implements FrameSource, MjpegFeedSink {
	private readonly feed: MjpegFeed;
	private readonly place: string;
	private sink: FrameSink | undefined;
	/** The source that runs in place of the feed, as the URL is that of something else. */
	private other: FrameSource | undefined;
	private isTroubled = false;
	private lastAt: Millis = -Infinity;

	/**
	 * @param fps the maximum rate of frames per second
	 * @param makeOther opens sources other than Motion JPEG; absent on a host that has no means for them
	 */
	constructor(
		host: MjpegFeedHost,
		options: MjpegSourceOptions,
		private readonly fps: number,
		private readonly makeOther?: () => FrameSource,
	) {
		const { place, ...rest } = options;
		this.place = maskCredentials(formatHttpUrl(place.url));
		this.feed = new MjpegFeed(host, { ...rest, place: () => place }, this);
	}

	get description(): string {
		return this.other === undefined ? this.place : this.other.description;
	}

	get quality(): PictureQuality | undefined {
		return this.other?.quality;
	}

	get h264(): UnitSource | undefined {
		return this.other?.h264;
	}

	start(sink: FrameSink): void {
		this.stop();
		this.sink = sink;
		this.isTroubled = false;
		this.lastAt = -Infinity;
		this.feed.start();
	}

	stop(): void {
		this.sink = undefined;
		this.feed.stop();
		// Next time there may be pictures at the URL.
		this.other?.stop();
		this.other = undefined;
	}

	/** @see MjpegFeedSink */
	picture(frame: Frame): void {
		// With a tenth of a period of tolerance, as pictures of a source at exactly this rate are sometimes early.
		if (this.sink === undefined || frame.at - this.lastAt < 900 / this.fps) return frame.release();
		this.lastAt = frame.at;
		if (this.isTroubled) {
			this.isTroubled = false;
			this.sink.trouble(undefined);
		}
		this.sink?.frame(frame);
	}

	/** @see MjpegFeedSink */
	failed(_now: Millis, failure: MjpegFailure): void {
		const { sink, makeOther } = this;
		if (sink === undefined) return;
		if (failure.kind === "type" && makeOther !== undefined) {
			this.feed.stop();
			this.other = makeOther();
			this.other.start(sink);
			return;
		}
		this.isTroubled = true;
		sink.trouble(mjpegFailureText(failure));
	}
}
