import { maskCredentials } from "../../../src/base/mask-credentials";
import type { Millis } from "../../../src/core/time";
import { AccessUnit } from "../../../src/media/access-unit";
import type { PacerTimers } from "../../../src/media/pacer";
import { ticksOf } from "../../../src/media/video-clock";
import type { UnitSink, UnitSource } from "../../../src/ports/camera";
import { monotonic } from "../clock";
import { copyH264Arguments, type FfmpegInput } from "./ffmpeg-arguments";
import { FfmpegKeeper, type KeptFfmpeg } from "./ffmpeg-keeper";
import { FlvReader, type FlvSink } from "./flv-reader";
import { NODE_TIMERS } from "./pacer-timers";

/** The H.264 of a file, a device or a URL, which ffmpeg opens and passes on as it is. */
export class FfmpegUnits implements UnitSource, FlvSink, KeptFfmpeg {
	parameterSets: readonly Uint8Array[] = [];
	/** A picture is always waited for. */
	readonly awaitedSince = -Infinity;
	private readonly keeper: FfmpegKeeper;
	private readonly reader = new FlvReader(this);
	private sink: UnitSink | undefined;
	/** The monotonic time of time 0 of the stream that ffmpeg writes. */
	private origin: Millis | undefined;
	private sequence = 0;

	constructor(
		private readonly input: FfmpegInput,
		timers: PacerTimers = NODE_TIMERS,
	) {
		this.keeper = new FfmpegKeeper(this, timers);
	}

	get description(): string {
		return `H.264 of ${maskCredentials(this.input.name)}`;
	}

	get broken(): number {
		return this.reader.broken;
	}

	start(sink: UnitSink): void {
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

	/** @see KeptFfmpeg */
	launch(ffmpeg: string): void {
		this.keeper.run(ffmpeg, copyH264Arguments(this.input), (chunk) => this.reader.push(chunk));
	}

	/** @see KeptFfmpeg */
	abandoned(): void {
		this.origin = undefined;
		this.reader.reset();
	}

	/** @see KeptFfmpeg */
	trouble(message: string | undefined): void {
		this.sink?.trouble(message);
	}

	/** @see FlvSink */
	parameters(sets: readonly Uint8Array[]): void {
		this.parameterSets = sets;
	}

	/** @see FlvSink */
	picture(bytes: Uint8Array, isKey: boolean, time: Millis): void {
		const now = monotonic();
		this.origin ??= now - time;
		this.keeper.delivered();
		const ticks = ticksOf(this.origin + time);
		this.sink?.unit(new AccessUnit(bytes, 0, bytes.length, isKey, this.sequence++, now, ticks));
	}
}
