import type { Millis } from "../../../src/core/time";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import type { FrameSink, FrameSource, PictureQuality } from "../../../src/ports/camera";
import type { Clock } from "../../../src/ports/clock";
import type { CameraChoice, CameraDriver, LentCamera } from "./camera-driver";
import type { DeviceTimer } from "./device-timer";
import { LentFrames } from "./lent-frames";

/** Waits before the camera is tried again: the first, and the longest; each is twice the one before. */
const RETRY_FIRST: Millis = 1000;
const RETRY_LONGEST: Millis = 30_000;
/** After this long with pictures the first wait is short again. */
const STEADY: Millis = 10_000;
/** A camera that delivers no picture for this long is reopened. */
const SILENCE: Millis = 15_000;
/** From the appearance of a device node until its driver answers and its permissions are set. */
const SETTLE: Millis = 200;

/**
 * A Video4Linux2 camera, which may be unplugged and plugged in again at any time (IMG-17).
 *
 * Pictures are lent by the kernel and not copied. A camera that cannot be opened is tried again after 1, 2, 4 … 30 s, and
 * at once when a video device appears.
 */
export class V4l2Source implements FrameSource {
	private sink: FrameSink | undefined;
	private camera: LentCamera | undefined;
	private frames: LentFrames | undefined;
	private found = "";
	private retry: Millis = RETRY_FIRST;
	private troubled = false;
	private openedAt: Millis = 0;
	private lastFrameAt: Millis = 0;
	private nextSequence = 0;
	private readonly asked: JpegQuality;

	/** @param isHeld true while a connection still sends from `bytes`, though its viewer has released the frame */
	constructor(
		private readonly driver: CameraDriver,
		private readonly choice: CameraChoice,
		private readonly clock: Clock,
		private readonly timer: DeviceTimer,
		private readonly isHeld: (bytes: Uint8Array) => boolean,
	) {
		this.asked = new JpegQuality(choice.quality, () => this.camera?.setQuality(this.asked.value));
	}

	/** Absent while the open camera has no quality control. */
	get quality(): PictureQuality | undefined {
		return this.camera?.quality === 0 ? undefined : this.asked;
	}

	get description(): string {
		return this.found || this.choice.device || "any camera";
	}

	start(sink: FrameSink): void {
		this.stop();
		this.sink = sink;
		this.retry = RETRY_FIRST;
		this.driver.watch(() => this.devicesChanged());
		// Not inside this call: a sink must not get an error before it knows that the source has started.
		this.timer.set(0, () => this.open());
	}

	stop(): void {
		if (this.sink === undefined) return;
		this.sink = undefined;
		this.troubled = false;
		this.driver.watch(undefined);
		this.abandon();
	}

	private open(): void {
		let camera: LentCamera;
		try {
			camera = this.driver.open({ ...this.choice, quality: this.asked.value }, () => this.readable());
		} catch (error) {
			this.fail(wordsOf(error));
			return;
		}
		const { path, name, format, width, height } = camera;
		this.camera = camera;
		this.found = `${name} (${path}), ${width}x${height} ${format}`;
		this.frames = new LentFrames(camera, this.nextSequence, this.isHeld);
		this.openedAt = this.clock.now();
		this.lastFrameAt = this.openedAt;
		this.listen(SILENCE);
	}

	private readable(): void {
		const { sink, frames } = this;
		if (sink === undefined || frames === undefined) return;
		const now = this.clock.now();
		let frame: ReturnType<LentFrames["take"]>;
		try {
			frame = frames.take(now, this.clock.utc());
		} catch (error) {
			this.fail(wordsOf(error));
			return;
		}
		if (frame === undefined) return;
		this.lastFrameAt = now;
		this.nextSequence = frame.sequence + 1;
		if (this.troubled) {
			this.troubled = false;
			sink.trouble(undefined);
		}
		sink.frame(frame);
	}

	private listen(wait: Millis): void {
		this.timer.set(wait, () => {
			const silence = this.clock.now() - this.lastFrameAt;
			const broken = (this.camera?.broken ?? 0) > 0 ? ", only broken ones" : "";
			if (silence >= SILENCE) this.fail(`the camera delivers no picture for ${SILENCE / 1000} s${broken}`);
			else this.listen(SILENCE - silence);
		});
	}

	private fail(words: string): void {
		const steady = this.camera !== undefined && this.lastFrameAt - this.openedAt >= STEADY;
		this.abandon();
		if (steady) this.retry = RETRY_FIRST;
		this.timer.set(this.retry, () => this.open());
		this.retry = Math.min(RETRY_LONGEST, this.retry * 2);
		this.troubled = true;
		this.sink?.trouble(words);
	}

	private devicesChanged(): void {
		if (this.sink === undefined || this.camera !== undefined) return;
		this.timer.set(SETTLE, () => this.open());
	}

	/** Closes the camera; pictures that viewers still hold are returned later. */
	private abandon(): void {
		this.timer.clear();
		const { camera } = this;
		this.camera = undefined;
		this.frames = undefined;
		camera?.close();
	}
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
