import type { Writable } from "node:stream";
import type { Millis } from "../../../src/core/time";
import { AccessUnit } from "../../../src/media/access-unit";
import type { Frame } from "../../../src/media/frame";
import { parseJpeg } from "../../../src/media/jpeg";
import type { PacerTimers } from "../../../src/media/pacer";
import { ticksOf } from "../../../src/media/video-clock";
import type {
	FrameSink,
	FrameSource,
	PictureControls,
	PictureQuality,
	UnitSink,
	UnitSource,
} from "../../../src/ports/camera";
import { encodeH264Arguments } from "./ffmpeg-arguments";
import { FfmpegKeeper, type KeptFfmpeg } from "./ffmpeg-keeper";
import { FlvReader, type FlvSink } from "./flv-reader";
import { FrameFeed } from "./frame-feed";
import { NODE_TIMERS } from "./pacer-timers";
import { SharedFrames } from "./shared-source";

/** The longest time between key pictures, after which a viewer that lost a packet sees clearly again. */
const KEY_PERIOD: Millis = 2000;
/** The shortest, however often key pictures are asked for: they are large. */
const KEY_PAUSE: Millis = 250;

/** A camera whose JPEG frames are also to be had as H.264, which ffmpeg makes while somebody wants it (`--h264 on`). */
export class SourceWithH264 implements FrameSource {
	private readonly frames: FrameSource;
	private readonly encoder: H264Encoder;

	/** @param fps the usual rate of the frames, which players are told */
	constructor(
		private readonly source: FrameSource,
		fps: number,
		timers: PacerTimers = NODE_TIMERS,
	) {
		const shared = new SharedFrames(source);
		this.frames = shared.tap();
		this.encoder = new H264Encoder(shared.tap(), fps, timers);
	}

	get description(): string {
		return this.source.description;
	}

	get quality(): PictureQuality | undefined {
		return this.source.quality;
	}

	get controls(): PictureControls | undefined {
		return this.source.controls;
	}

	/** The camera's own H.264 where it has any, as that costs nothing. */
	get h264(): UnitSource {
		return this.source.h264 ?? this.encoder;
	}

	start(sink: FrameSink): void {
		this.frames.start(sink);
	}

	stop(): void {
		this.frames.stop();
	}
}

/** Makes H.264 of JPEG frames with ffmpeg and libx264: baseline, without delay, a key picture every 2 s and when asked for. */
export class H264Encoder implements UnitSource, FrameSink, FlvSink, KeptFfmpeg {
	parameterSets: readonly Uint8Array[] = [];
	/** When the oldest picture was fed that has not come out. */
	awaitedSince: Millis = Infinity;
	private readonly keeper: FfmpegKeeper;
	private readonly reader = new FlvReader(this);
	private sink: UnitSink | undefined;
	/** The standard input of ffmpeg while it runs, and what feeds it from the first picture on. */
	private input: Writable | undefined;
	private feed: FrameFeed | undefined;
	private keyAt: Millis = 0;
	private isKeyWanted = false;
	private sequence = 0;

	/** @param fps the usual rate of the frames, which players are told */
	constructor(
		private readonly frames: FrameSource,
		private readonly fps: number,
		private readonly timers: PacerTimers = NODE_TIMERS,
	) {
		this.keeper = new FfmpegKeeper(this, timers);
	}

	get description(): string {
		return `H.264 by ffmpeg of ${this.frames.description}`;
	}

	get broken(): number {
		return this.reader.broken;
	}

	start(sink: UnitSink): void {
		this.sink = sink;
		this.keeper.start();
		this.frames.start(this);
	}

	stop(): void {
		this.sink = undefined;
		this.frames.stop();
		this.keeper.stop();
	}

	requestKey(): void {
		this.isKeyWanted = true;
	}

	/** @see FrameSink */
	frame(frame: Frame): void {
		this.take(frame);
		frame.release();
	}

	/** @see FrameSink, KeptFfmpeg */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}

	/** @see KeptFfmpeg */
	launch(ffmpeg: string): void {
		const child = this.keeper.run(ffmpeg, encodeH264Arguments(), (chunk) => this.reader.push(chunk), { isFed: true });
		this.input = child.stdin ?? undefined;
	}

	/** @see KeptFfmpeg */
	abandoned(): void {
		this.input = undefined;
		this.feed = undefined;
		this.awaitedSince = Infinity;
		this.reader.reset();
	}

	/** @see FlvSink */
	parameters(sets: readonly Uint8Array[]): void {
		this.parameterSets = sets;
	}

	/** @see FlvSink */
	picture(bytes: Uint8Array, isKey: boolean, time: Millis): void {
		const { feed } = this;
		if (feed === undefined) return;
		this.awaitedSince = time < feed.last ? this.timers.now() : Infinity;
		this.keeper.delivered();
		const at = feed.origin + time;
		this.sink?.unit(new AccessUnit(bytes, 0, bytes.length, isKey, this.sequence++, at, ticksOf(at)));
	}

	private take(frame: Frame): void {
		const { input } = this;
		const info = parseJpeg(frame.bytes, frame.start, frame.end);
		if (input === undefined || info === undefined) return;
		const { width, height } = info;
		if (this.feed?.isSpentFor(width, height, frame.at)) {
			this.keeper.relaunch();
			return;
		}
		this.feed ??= new FrameFeed(input, width, height, this.fps);
		const { feed } = this;
		const since = frame.at - feed.origin - this.keyAt;
		const isFirst = feed.last < 0;
		const isKey = isFirst || since >= KEY_PERIOD || (this.isKeyWanted && since >= KEY_PAUSE);
		// The first one is a key picture anyway, and its time must be 0, as ffmpeg subtracts it from all others.
		if (!feed.push(frame, isKey && !isFirst ? 1 : 0)) return;
		if (this.awaitedSince === Infinity) this.awaitedSince = this.timers.now();
		if (!isKey) return;
		this.keyAt = frame.at - feed.origin;
		this.isKeyWanted = false;
	}
}
