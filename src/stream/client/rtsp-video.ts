import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { VideoEncoding } from "../../media/video-encoding";
import type { RtpPacket } from "../../wire/rtp";
import { formatRtspUrl } from "../../wire/rtsp-source-url";
import { H264Depacketizer, type UnitPictureSink } from "../packets/h264-depacketizer";
import { JpegDepacketizer, type JpegPictureSink } from "../packets/jpeg-depacketizer";
import type { RtpSink, RtspTrack, SourceCalendar } from "./rtp-sink";
import { type RtspFailure, rtspFailureText } from "./rtsp-failure";
import { RtspFeed, type RtspFeedHost, type RtspFeedOptions, type RtspFeedSink } from "./rtsp-feed";

/** What a video needs of its host. */
export interface RtspVideoHost extends RtspFeedHost {
	/** The date in milliseconds since 1970, if the host knows it. */
	utc(): Millis | undefined;
}

/** Receives the pictures of an {@link RtspVideo}. */
export interface RtspVideoSink extends JpegPictureSink, UnitPictureSink {
	/** The camera has told how its video is encoded; it may change with each connection. */
	described(track: RtspTrack): void;
	/** No pictures come, or they come again (`undefined`). The text is for users. */
	trouble(message: string | undefined, failure: RtspFailure | undefined): void;
}

/** A camera's date is believed if it differs no more than this from ours: many cameras are never set. */
const DATE_MAX: Millis = 10_000;

/**
 * The pictures of an RTSP camera, without ffmpeg: JPEG frames or H.264 pictures, as the camera encodes them, over one
 * connection.
 */
export class RtspVideo implements RtspFeedSink, RtpSink, JpegPictureSink, UnitPictureSink {
	/** How the video is encoded, as far as it is known. */
	encoding: VideoEncoding | undefined;
	readonly feed: RtspFeed;
	/** The URL without user and password. */
	readonly place: string;
	private jpeg: JpegDepacketizer | undefined;
	private h264: H264Depacketizer | undefined;
	private calendar: SourceCalendar | undefined;
	private troubled = false;

	constructor(
		private readonly host: RtspVideoHost,
		options: RtspFeedOptions,
		private readonly sink: RtspVideoSink,
	) {
		this.feed = new RtspFeed(host, options, this);
		this.place = formatRtspUrl(options.url);
	}

	/** The newest parameter sets of H.264; empty until known. */
	get parameterSets(): readonly Uint8Array[] {
		return this.h264?.sets.list ?? [];
	}

	start(): void {
		this.feed.start();
	}

	stop(): void {
		this.feed.stop();
		this.jpeg?.reset();
		this.h264?.reset();
		this.troubled = false;
	}

	/** @see RtpSink */
	began(_now: Millis, track: RtspTrack, calendar: SourceCalendar): void {
		this.calendar = calendar;
		this.encoding = track.encoding;
		this.jpeg?.reset();
		this.h264?.reset();
		this.jpeg = track.encoding === "JPEG" ? new JpegDepacketizer(this, track.width, track.height) : undefined;
		this.h264 = track.encoding === "H264" ? new H264Depacketizer(this) : undefined;
		for (const set of track.parameterSets) this.h264?.sets.take(set, 0, set.length);
		this.sink.described(track);
	}

	/** @see RtpSink */
	packet(now: Millis, packet: RtpPacket, bytes: Uint8Array): void {
		this.jpeg?.packet(now, packet.marker ? this.utcOf(packet.timestamp) : undefined, bytes, packet);
		this.h264?.packet(now, bytes, packet);
	}

	/** @see RtpSink */
	lost(_now: Millis, count: number): void {
		if (count > 0) return;
		// The source has begun again with other sequence numbers.
		this.jpeg?.reset();
		this.h264?.reset();
	}

	/** @see RtspFeedSink */
	failed(_now: Millis, failure: RtspFailure): void {
		this.troubled = true;
		this.sink.trouble(rtspFailureText(failure), failure);
	}

	/** @see JpegPictureSink */
	picture(frame: Frame): void {
		this.works();
		this.sink.picture(frame);
	}

	/** @see UnitPictureSink */
	unit(unit: AccessUnit): void {
		this.works();
		this.sink.unit(unit);
	}

	private works(): void {
		if (!this.troubled) return;
		this.troubled = false;
		this.sink.trouble(undefined, undefined);
	}

	/** When a picture was taken: by the camera's date, if it can be right. */
	private utcOf(timestamp: number): Millis | undefined {
		const ours = this.host.utc();
		const theirs = this.calendar?.utcOf(timestamp);
		if (ours === undefined || theirs === undefined) return ours ?? theirs;
		return Math.abs(theirs - ours) <= DATE_MAX ? theirs : ours;
	}
}
