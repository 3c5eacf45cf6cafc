import { maskCredentials } from "../../../src/base/mask-credentials";
import type { Millis, Octets } from "../../../src/core/time";
import type { JpegInfo } from "../../../src/media/jpeg";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import { type JpegSink, JpegSplitter } from "../../../src/media/jpeg-splitter";
import type { PacerTimers } from "../../../src/media/pacer";
import type { FrameSink, FrameSource, PictureQuality } from "../../../src/ports/camera";
import { type Child, endChild, findProgram, startChild } from "./child-process";
import { type FfmpegInput, isHttp, probeArguments, runArguments } from "./ffmpeg-arguments";
import { FrameMaker } from "./frame-maker";
import { NODE_TIMERS } from "./pacer-timers";

/** The first and the longest wait before ffmpeg is started again; each is twice the one before. */
const RETRY_FIRST: Millis = 1000;
const RETRY_LONGEST: Millis = 30_000;
/** After pictures for this long the next wait is the first one again. */
const STEADY: Millis = 10_000;
/** An input without a picture for this long counts as dead. */
const SILENCE: Millis = 15_000;
/** The initial quality of pictures. */
const QUALITY = 80;
/** A slider sends many values; ffmpeg is started again when none has come for this long. */
const QUALITY_SETTLES: Millis = 300;
/** How much of the output of ffmpeg is kept, and how much of its last line is passed on, in characters. */
const SAID_MAX = 2000;
const WORDS_MAX = 300;

/**
 * Takes pictures of anything that ffmpeg opens, with a child process that is started again when it ends.
 *
 * Motion JPEG that RTP can carry is passed on unchanged; everything else is encoded.
 */
export class FfmpegSource implements FrameSource, JpegSink {
	private readonly maker = new FrameMaker();
	private readonly splitter = new JpegSplitter(this);
	private sink: FrameSink | undefined;
	private child: Child | undefined;
	private timer: unknown;
	private retry: Millis = RETRY_FIRST;
	/** Whether the input is Motion JPEG; `undefined` until it was probed. */
	private copy: boolean | undefined;
	private troubled = false;
	private readonly asked = new JpegQuality(QUALITY, () => this.changeQuality());
	/** True while the child encodes, so that another quality needs another child. */
	private encodes = false;
	/** The end of what the child wrote to standard error. */
	private said = "";
	private startedAt: Millis = 0;
	private lastFrameAt: Millis = -Infinity;
	/** {@link broken} when the child was started. */
	private brokenBefore = 0;

	/** @param fps the maximum rate in pictures per second */
	constructor(
		private input: FfmpegInput,
		private readonly fps: number,
		private readonly timers: PacerTimers = NODE_TIMERS,
	) {}

	get description(): string {
		const mended = this.splitter.mended > 0 ? ", pictures without an end marker mended" : "";
		return `${maskCredentials(this.input.name)} by ffmpeg${mended}`;
	}

	/** Absent while Motion JPEG is passed on unchanged. */
	get quality(): PictureQuality | undefined {
		return this.copy === true ? undefined : this.asked;
	}

	/** Pictures that were dropped because they were not complete JPEGs. */
	get broken(): number {
		return this.maker.broken + this.splitter.broken;
	}

	start(sink: FrameSink): void {
		this.stop();
		this.sink = sink;
		this.retry = RETRY_FIRST;
		this.timer = this.timers.set(() => this.launch(), 0);
	}

	stop(): void {
		this.sink = undefined;
		this.troubled = false;
		this.abandon();
	}

	/** Takes a picture from the splitter. */
	jpeg(bytes: Uint8Array, start: Octets, end: Octets): void {
		const now = this.timers.now();
		// With a tenth of a period of tolerance, as pictures of a source at exactly this rate are sometimes early.
		if (this.sink === undefined || (this.copy === true && now - this.lastFrameAt < 900 / this.fps)) return;
		const frame = this.maker.make(bytes, start, end);
		if (frame === undefined) return;
		if (this.copy === true && !isFitForRtp(this.maker.info)) {
			this.copy = false;
			this.relaunch();
			return;
		}
		this.lastFrameAt = now;
		if (this.troubled) this.sink.trouble(undefined);
		this.troubled = false;
		this.sink?.frame(frame);
	}

	private launch(): void {
		const ffmpeg = findProgram("ffmpeg");
		const ffprobe = findProgram("ffprobe");
		if (ffmpeg === undefined) {
			this.fail("ffmpeg is not installed; install it (on Debian: apt install ffmpeg)");
		} else if (this.copy === undefined && ffprobe !== undefined) {
			this.probe(ffmpeg, ffprobe);
		} else {
			this.run(ffmpeg);
		}
	}

	/** Probes whether the input is Motion JPEG, then starts ffmpeg. A failed probe is repeated next time. */
	private probe(ffmpeg: string, ffprobe: string): void {
		const child = this.begin(ffprobe, probeArguments(this.input));
		let found = "";
		child.stdout.on("data", (chunk: Buffer) => {
			found = (found + chunk.toString("latin1")).slice(0, WORDS_MAX);
		});
		child.once("close", (code) => {
			if (child !== this.child) return;
			this.abandon();
			const [codec, width] = found.trim().split(/[\s,]+/);
			const { input } = this;
			if (isHttp(input) && (code !== 0 || width === "0")) {
				this.input = { ...input, raw: input.raw !== true };
				if (this.input.raw === true) return this.probe(ffmpeg, ffprobe);
			} else if (code === 0) this.copy = codec === "mjpeg";
			this.run(ffmpeg);
		});
	}

	private run(ffmpeg: string): void {
		const args = runArguments(this.input, this.copy ?? false, this.fps, this.asked.value);
		const child = this.begin(ffmpeg, args);
		this.encodes = this.copy !== true;
		child.stdout.on("data", (chunk: Buffer) => {
			if (child === this.child) this.splitter.push(chunk);
		});
		child.once("close", (code, signal) => {
			if (child !== this.child) return;
			const ending = code === 0 ? "the input has ended" : `ffmpeg ended (${signal ?? `exit code ${code}`})`;
			this.fail(lastLine(this.said) ?? ending);
		});
	}

	/** Starts a child, keeps its error output, and ends it when it delivers nothing. */
	private begin(program: string, args: readonly string[]): Child {
		const child = startChild(program, args);
		this.child = child;
		this.said = "";
		this.startedAt = this.timers.now();
		this.brokenBefore = this.broken;
		child.stderr.on("data", (chunk: Buffer) => {
			if (child === this.child) this.said = (this.said + chunk.toString("utf8")).slice(-SAID_MAX);
		});
		child.once("error", (error) => {
			if (child === this.child) this.fail(`${program} can't be started: ${error.message}`);
		});
		this.watch();
		return child;
	}

	private watch(): void {
		this.cancelTimer();
		const waited = this.timers.now() - Math.max(this.startedAt, this.lastFrameAt);
		const last = lastLine(this.said);
		const broken = this.broken > this.brokenBefore ? ", only broken ones" : "";
		if (waited >= SILENCE) {
			this.fail(`no picture for ${SILENCE / 1000} s${broken}${last === undefined ? "" : `: ${last}`}`);
			return;
		}
		this.timer = this.timers.set(() => this.watch(), SILENCE - waited);
	}

	/** ffmpeg takes a quality only when it starts; the old one stays until it is started again. */
	private changeQuality(): void {
		if (!this.encodes) return;
		this.cancelTimer();
		this.timer = this.timers.set(() => this.relaunch(), QUALITY_SETTLES);
	}

	/** Starts ffmpeg again once the current one has exited, as two can't open one device. */
	private relaunch(): void {
		const { child } = this;
		this.abandon();
		const again = (): void => {
			this.timer = this.timers.set(() => this.launch(), 0);
		};
		if (child === undefined || hasEnded(child)) again();
		else
			child.once("close", () => {
				// The source may have been stopped or started again in the meantime.
				if (this.sink !== undefined && this.child === undefined && this.timer === undefined) again();
			});
	}

	private fail(words: string): void {
		const steady = this.lastFrameAt - this.startedAt >= STEADY;
		this.abandon();
		if (steady) this.retry = RETRY_FIRST;
		this.timer = this.timers.set(() => this.launch(), this.retry);
		this.retry = Math.min(RETRY_LONGEST, this.retry * 2);
		this.troubled = true;
		this.sink?.trouble(maskCredentials(words));
	}

	private cancelTimer(): void {
		if (this.timer !== undefined) this.timers.clear(this.timer);
		this.timer = undefined;
	}

	/** Ends the child and ignores its further output. */
	private abandon(): void {
		this.cancelTimer();
		const { child } = this;
		this.child = undefined;
		this.encodes = false;
		this.splitter.reset();
		if (child !== undefined && !hasEnded(child)) endChild(child);
	}
}

function hasEnded(child: Child): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

function isFitForRtp(info: JpegInfo | undefined): boolean {
	return (
		info?.baseline === true && info.standardHuffman && (info.subsampling === "4:2:0" || info.subsampling === "4:2:2")
	);
}

/** Returns the last line that is not empty, without a prefix of ffmpeg such as `[rtsp @ 0x55…]`. */
function lastLine(said: string): string | undefined {
	const lines = said.split("\n").map((line) => line.replace(/^(\[[^\]]*\]\s*)+/, "").trim());
	return lines
		.filter((line) => line !== "")
		.at(-1)
		?.slice(0, WORDS_MAX);
}
