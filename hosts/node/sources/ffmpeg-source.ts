import { maskCredentials } from "../../../src/base/mask-credentials";
import { ChosenLook, COMMON_SIZES, OWN_LOOK } from "../../../src/camera/chosen-look";
import type { Millis, Octets } from "../../../src/core/time";
import type { JpegInfo } from "../../../src/media/jpeg";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import { type JpegSink, JpegSplitter } from "../../../src/media/jpeg-splitter";
import type { PacerTimers } from "../../../src/media/pacer";
import type { FrameSink, FrameSource, PictureQuality, UnitSource } from "../../../src/ports/camera";
import { findProgram } from "./child-process";
import { type FfmpegInput, filtersOf, isHttp, probeArguments, runArguments } from "./ffmpeg-arguments";
import { FfmpegKeeper, type KeptFfmpeg, WORDS_MAX } from "./ffmpeg-keeper";
import { FfmpegUnits } from "./ffmpeg-units";
import { FrameMaker } from "./frame-maker";
import { NODE_TIMERS } from "./pacer-timers";

/** The initial quality of pictures. */
const QUALITY = 80;
/** A slider sends many values; ffmpeg is started again when none has come for this long. */
const QUALITY_SETTLES: Millis = 300;

/**
 * Takes pictures of anything that ffmpeg opens, with a child process that is started again when it ends.
 *
 * Motion JPEG that RTP can carry is passed on unchanged; everything else is encoded.
 */
export class FfmpegSource implements FrameSource, JpegSink, KeptFfmpeg {
	/** A picture is always waited for. */
	readonly awaitedSince = -Infinity;
	private readonly maker = new FrameMaker();
	private readonly splitter = new JpegSplitter(this);
	private readonly keeper: FfmpegKeeper;
	private sink: FrameSink | undefined;
	/** Whether the input is Motion JPEG; `undefined` until it was probed. */
	private copy: boolean | undefined;
	private units: FfmpegUnits | undefined;
	private readonly asked = new JpegQuality(QUALITY, () => this.changeQuality());
	/** What is asked of the pictures; they are encoded again for all but a device's size. */
	readonly controls = new ChosenLook(COMMON_SIZES, OWN_LOOK, () => {
		if (this.sink !== undefined) this.keeper.relaunch(QUALITY_SETTLES);
	});
	/** True while the child encodes, so that another quality needs another child. */
	private encodes = false;
	private lastFrameAt: Millis = -Infinity;

	/** @param fps the maximum rate in pictures per second */
	constructor(
		private input: FfmpegInput,
		private readonly fps: number,
		private readonly timers: PacerTimers = NODE_TIMERS,
	) {
		this.keeper = new FfmpegKeeper(this, timers);
	}

	get description(): string {
		const mended = this.splitter.mended > 0 ? ", pictures without an end marker mended" : "";
		return `${maskCredentials(this.input.name)} by ffmpeg${mended}`;
	}

	/** Absent while Motion JPEG is passed on unchanged. */
	get quality(): PictureQuality | undefined {
		return this.copies ? undefined : this.asked;
	}

	/** A file's or a stream's own H.264, with an ffmpeg of its own; absent until the input was probed. */
	get h264(): UnitSource | undefined {
		return this.units;
	}

	/** Pictures that were dropped because they were not complete JPEGs. */
	get broken(): number {
		return this.maker.broken + this.splitter.broken;
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.keeper.start();
	}

	stop(): void {
		this.sink = undefined;
		this.keeper.stop();
	}

	/** Calls once no ffmpeg has the input open, after a stop. */
	whenGone(call: () => void): void {
		this.keeper.whenGone(call);
	}

	/** Takes a picture from the splitter. */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		const now = this.timers.now();
		// With a tenth of a period of tolerance, as pictures of a source at exactly this rate are sometimes early.
		if (this.sink === undefined || (!this.encodes && now - this.lastFrameAt < 900 / this.fps)) return;
		const frame = this.maker.make(bytes, start, end);
		if (frame === undefined) return;
		if (!this.encodes && !isFitForRtp(this.maker.info)) {
			this.copy = false;
			this.keeper.relaunch();
			return;
		}
		this.lastFrameAt = now;
		this.keeper.delivered();
		this.sink?.frame(frame);
	}

	/** @see KeptFfmpeg */
	launch(ffmpeg: string): void {
		const ffprobe = findProgram("ffprobe");
		if (this.copy === undefined && ffprobe !== undefined) this.probe(ffmpeg, ffprobe);
		else this.run(ffmpeg);
	}

	/** @see KeptFfmpeg */
	abandoned(): void {
		this.encodes = false;
		this.splitter.reset();
	}

	/** @see KeptFfmpeg */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}

	/** Probes whether the input is Motion JPEG, then starts ffmpeg. A failed probe is repeated next time. */
	private probe(ffmpeg: string, ffprobe: string): void {
		let found = "";
		const print = (chunk: Buffer): void => {
			found = (found + chunk.toString("latin1")).slice(0, WORDS_MAX);
		};
		const ended = (code: number | null): void => {
			const [codec, width] = found.trim().split(/[\s,]+/);
			const { input } = this;
			if (isHttp(input) && (code !== 0 || width === "0")) {
				this.input = { ...input, raw: input.raw !== true };
				if (this.input.raw === true) return this.probe(ffmpeg, ffprobe);
			} else if (code === 0) {
				this.copy = codec === "mjpeg";
				if (codec === "h264" && input.kind !== "device") this.units = new FfmpegUnits(input, this.timers);
			}
			this.run(ffmpeg);
		};
		this.keeper.run(ffprobe, probeArguments(this.input), print, { ended });
	}

	private run(ffmpeg: string): void {
		const { copies } = this;
		const args = runArguments(this.input, copies, this.fps, this.asked.value, this.controls.look);
		this.keeper.run(ffmpeg, args, (chunk) => this.splitter.push(chunk));
		this.encodes = !copies;
	}

	/** Whether Motion JPEG is passed on unchanged: pictures that should look different must be encoded again. */
	private get copies(): boolean {
		return this.copy === true && filtersOf(this.input, this.controls.look) === "";
	}

	/** ffmpeg takes a quality only when it starts; the old one stays until it is started again. */
	private changeQuality(): void {
		if (this.encodes) this.keeper.relaunch(QUALITY_SETTLES);
	}
}

function isFitForRtp(info: JpegInfo | undefined): boolean {
	return (
		info?.baseline === true && info.standardHuffman && (info.subsampling === "4:2:0" || info.subsampling === "4:2:2")
	);
}
