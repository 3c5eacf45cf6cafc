import type { Writable } from "node:stream";
import type { Millis, Octets } from "../../../src/core/time";
import type { AccessUnit } from "../../../src/media/access-unit";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import { type JpegSink, JpegSplitter } from "../../../src/media/jpeg-splitter";
import type { PacerTimers } from "../../../src/media/pacer";
import type { FrameSink, FrameSource, PictureQuality, UnitSink, UnitSource } from "../../../src/ports/camera";
import { decodeH264Arguments } from "./ffmpeg-arguments";
import { FfmpegKeeper, type KeptFfmpeg } from "./ffmpeg-keeper";
import { FrameMaker } from "./frame-maker";
import { NODE_TIMERS } from "./pacer-timers";
import { SharedUnits } from "./shared-source";

/** The initial quality of pictures. */
const QUALITY = 80;
/** A slider sends many values; ffmpeg is started again when none has come for this long. */
const QUALITY_SETTLES: Millis = 300;
/** More than this waits for ffmpeg only when it is too slow; then it gets nothing until the next key picture. */
const WAITING_MAX: Octets = 4 * 1024 * 1024;
/** An access unit delimiter: behind each picture, so that ffmpeg need not wait for the next one to know where this one ends. */
const DELIMITER = new Uint8Array([0, 0, 0, 1, 9, 0xf0]);

/**
 * A camera that has only H.264: its JPEG frames are decoded by ffmpeg while they are wanted, its H.264 is passed on as it is.
 *
 * The H.264 source runs once for both.
 */
export class DecodedSource implements FrameSource, UnitSink, JpegSink, KeptFfmpeg {
	readonly h264: UnitSource;
	/** When the oldest picture was fed that has not come out. */
	awaitedSince: Millis = Infinity;
	private readonly units: UnitSource;
	private readonly keeper: FfmpegKeeper;
	private readonly maker = new FrameMaker();
	private readonly splitter = new JpegSplitter(this);
	private readonly asked = new JpegQuality(QUALITY, () => this.changeQuality());
	private sink: FrameSink | undefined;
	/** The standard input of ffmpeg while it runs. */
	private input: Writable | undefined;
	/** True: ffmpeg has had a key picture and all that followed it. */
	private isInStep = false;

	/** @param fps the maximum rate of JPEG frames per second */
	constructor(
		source: UnitSource,
		private readonly fps: number,
		private readonly timers: PacerTimers = NODE_TIMERS,
	) {
		const shared = new SharedUnits(source);
		this.h264 = shared.tap();
		this.units = shared.tap();
		this.keeper = new FfmpegKeeper(this, timers);
	}

	get description(): string {
		return `${this.h264.description}, decoded by ffmpeg`;
	}

	get quality(): PictureQuality {
		return this.asked;
	}

	/** Pictures that were dropped because they were not complete JPEGs. */
	get broken(): number {
		return this.maker.broken + this.splitter.broken;
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.keeper.start();
		this.units.start(this);
	}

	stop(): void {
		this.sink = undefined;
		this.units.stop();
		this.keeper.stop();
	}

	/** @see UnitSink */
	unit(unit: AccessUnit): void {
		this.take(unit);
		unit.release();
	}

	/** @see UnitSink, KeptFfmpeg */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}

	/** @see KeptFfmpeg */
	launch(ffmpeg: string): void {
		const args = decodeH264Arguments(this.fps, this.asked.value);
		const child = this.keeper.run(ffmpeg, args, (chunk) => this.splitter.push(chunk), { isFed: true });
		this.input = child.stdin ?? undefined;
		this.units.requestKey?.();
	}

	/** @see KeptFfmpeg */
	abandoned(): void {
		this.input = undefined;
		this.isInStep = false;
		this.awaitedSince = Infinity;
		this.splitter.reset();
	}

	/** Takes a picture from the splitter. */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		const frame = this.maker.make(bytes, start, end);
		if (frame === undefined) return;
		this.awaitedSince = Infinity;
		this.keeper.delivered();
		this.sink?.frame(frame);
	}

	private take(unit: AccessUnit): void {
		const { input } = this;
		if (input === undefined || input.destroyed) return;
		if (input.writableLength > WAITING_MAX) this.isInStep = false;
		else if (unit.isKey) this.isInStep = true;
		if (!this.isInStep) return;
		if (this.awaitedSince === Infinity) this.awaitedSince = this.timers.now();
		unit.retain();
		input.write(unit.bytes.subarray(unit.start, unit.end));
		input.write(DELIMITER, () => unit.release());
	}

	private changeQuality(): void {
		if (this.input !== undefined) this.keeper.relaunch(QUALITY_SETTLES);
	}
}
