import type { Writable } from "node:stream";
import type { Millis, Octets } from "../../../src/core/time";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../src/media/frame";
import { parseJpeg } from "../../../src/media/jpeg";
import { type JpegSink, JpegSplitter } from "../../../src/media/jpeg-splitter";
import type { PacerTimers } from "../../../src/media/pacer";
import type { FrameSink, JpegConverter } from "../../../src/ports/camera";
import { convertJpegArguments } from "./ffmpeg-arguments";
import { FfmpegKeeper, type KeptFfmpeg } from "./ffmpeg-keeper";
import { FrameFeed } from "./frame-feed";
import { NODE_TIMERS } from "./pacer-timers";

/** A picture that ffmpeg gives nothing for in this time is given up: ffmpeg says nothing of damaged ones. */
const PATIENCE: Millis = 5000;
/** The same for the first one of an ffmpeg, which a slow machine takes a while to start. */
const FIRST_PATIENCE: Millis = 15_000;

/**
 * Re-encodes pictures with ffmpeg, one after another, so that each that comes out is known.
 *
 * ffmpeg runs from the first picture on, and is started again for pictures of another size.
 */
export class FfmpegConverter implements JpegConverter, JpegSink, KeptFfmpeg {
	/** Pictures that ffmpeg could not decode. */
	broken = 0;
	/** This machine waits by itself. */
	readonly awaitedSince = Infinity;
	private readonly keeper: FfmpegKeeper;
	private readonly splitter = new JpegSplitter(this);
	private sink: FrameSink | undefined;
	private isRunning = false;
	/** Whether this ffmpeg has given a picture. */
	private hasDelivered = false;
	private input: Writable | undefined;
	private feed: FrameFeed | undefined;
	/** The size that ffmpeg was started for. */
	private width = 0;
	private height = 0;
	/** The picture in work, and the newest that waits; both retained. */
	private current: Frame | undefined;
	private next: Frame | undefined;
	private timer: unknown;

	constructor(private readonly timers: PacerTimers = NODE_TIMERS) {
		this.keeper = new FfmpegKeeper(this, timers);
	}

	start(sink: FrameSink): void {
		this.stop();
		this.sink = sink;
	}

	stop(): void {
		this.sink = undefined;
		this.isRunning = false;
		this.keeper.stop();
		this.next?.release();
		this.next = undefined;
	}

	/** @see JpegConverter */
	convert(frame: Frame): void {
		if (this.sink === undefined) return;
		this.next?.release();
		this.next = frame.retain();
		this.proceed();
	}

	/** @see KeptFfmpeg */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}

	/** @see KeptFfmpeg */
	launch(ffmpeg: string): void {
		const args = convertJpegArguments(this.width, this.height);
		const child = this.keeper.run(ffmpeg, args, (chunk) => this.splitter.push(chunk), { isFed: true });
		this.input = child.stdin ?? undefined;
		this.proceed();
	}

	/** @see KeptFfmpeg */
	abandoned(): void {
		this.hasDelivered = false;
		this.input = undefined;
		this.feed = undefined;
		this.splitter.reset();
		this.finish();
	}

	/** Takes a picture from the splitter. */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		const { current } = this;
		if (current === undefined) return;
		const until = FRAME_HEADROOM + (end - start);
		const room = new Uint8Array(until + FRAME_TAILROOM);
		room.set(bytes.subarray(start, end), FRAME_HEADROOM);
		const { sequence, at, utc } = current;
		this.hasDelivered = true;
		this.finish();
		this.keeper.delivered();
		this.sink?.frame(new Frame(room, FRAME_HEADROOM, until, sequence, at, utc));
		this.proceed();
	}

	/** Gives the next picture to ffmpeg when that is free. */
	private proceed(): void {
		const { next } = this;
		if (next === undefined || this.current !== undefined) return;
		const info = parseJpeg(next.bytes, next.start, next.end);
		if (info === undefined) {
			this.broken++;
			this.next = undefined;
			next.release();
		} else if (!this.isFitFor(info.width, info.height, next.at)) {
			this.width = info.width;
			this.height = info.height;
			if (this.isRunning) this.keeper.relaunch();
			else this.keeper.start();
			this.isRunning = true;
		} else if (this.input !== undefined) {
			this.next = undefined;
			this.current = next;
			this.feed ??= new FrameFeed(this.input, info.width, info.height);
			this.feed.push(next);
			this.timer = this.timers.set(() => this.giveUp(), this.hasDelivered ? PATIENCE : FIRST_PATIENCE);
		}
	}

	/** True: ffmpeg was started for pictures of this size, and takes one of this time. */
	private isFitFor(width: number, height: number, at: Millis): boolean {
		const { feed } = this;
		if (!this.isRunning || width !== this.width || height !== this.height) return false;
		return feed === undefined || !feed.isSpentFor(width, height, at);
	}

	/** What comes out from now on could not be told apart. */
	private giveUp(): void {
		this.broken++;
		this.keeper.fail("ffmpeg cannot re-encode the picture for RTP");
	}

	private finish(): void {
		if (this.timer !== undefined) this.timers.clear(this.timer);
		this.timer = undefined;
		this.current?.release();
		this.current = undefined;
	}
}
