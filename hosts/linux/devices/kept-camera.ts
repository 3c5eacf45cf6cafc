import type { Millis } from "../../../src/core/time";
import type { Clock } from "../../../src/ports/clock";
import type { CameraChoice, CameraDriver, LentCamera } from "./camera-driver";
import type { DeviceTimer } from "./device-timer";

/** Waits before the camera is tried again: the first, and the longest; each is twice the one before. */
const RETRY_FIRST: Millis = 1000;
const RETRY_LONGEST: Millis = 30_000;
/** After this long with pictures the first wait is short again. */
const STEADY: Millis = 10_000;
/** A camera that delivers no picture for this long is reopened. */
const SILENCE: Millis = 15_000;
/** From the appearance of a device node until its driver answers and its permissions are set. */
const SETTLE: Millis = 200;

/** What a {@link KeptCamera} keeps a camera open for. */
export interface CameraOwner {
	/** How to open it, at each try. */
	readonly choice: CameraChoice;
	opened(camera: LentCamera): void;
	/** Takes what there is. @throws Error with a message for users when the camera is gone */
	readable(now: Millis): void;
	/** The camera is about to be closed. */
	closing(): void;
	/** Reports what is wrong; `undefined`: nothing any more. */
	trouble(message: string | undefined): void;
}

/**
 * Keeps a Video4Linux2 camera open, which may be unplugged and plugged in again at any time.
 *
 * A camera that cannot be opened is tried again after 1, 2, 4 … 30 s, and at once when a video device appears.
 */
export class KeptCamera {
	/** The camera while it is open. */
	camera: LentCamera | undefined;
	private isRunning = false;
	private retry: Millis = RETRY_FIRST;
	private troubled = false;
	private openedAt: Millis = 0;
	private deliveredAt: Millis = 0;

	constructor(
		private readonly owner: CameraOwner,
		private readonly driver: CameraDriver,
		private readonly clock: Clock,
		private readonly timer: DeviceTimer,
	) {}

	start(): void {
		this.stop();
		this.isRunning = true;
		this.retry = RETRY_FIRST;
		this.driver.watch(() => this.devicesChanged());
		// Not inside this call: a sink must not get an error before it knows that the source has started.
		this.timer.set(0, () => this.open());
	}

	stop(): void {
		if (!this.isRunning) return;
		this.isRunning = false;
		this.troubled = false;
		this.driver.watch(undefined);
		this.abandon();
	}

	/** Opens the camera again, as it is to be set up otherwise. */
	reopen(): void {
		if (this.camera === undefined) return;
		this.abandon();
		this.timer.set(0, () => this.open());
	}

	/** A picture came. */
	delivered(now: Millis): void {
		this.deliveredAt = now;
		if (!this.troubled) return;
		this.troubled = false;
		this.owner.trouble(undefined);
	}

	private open(): void {
		let camera: LentCamera;
		try {
			camera = this.driver.open(this.owner.choice, () => this.readable());
		} catch (error) {
			this.fail(wordsOf(error));
			return;
		}
		this.camera = camera;
		this.owner.opened(camera);
		this.openedAt = this.clock.now();
		this.deliveredAt = this.openedAt;
		this.listen(SILENCE);
	}

	private readable(): void {
		if (this.camera === undefined) return;
		try {
			this.owner.readable(this.clock.now());
		} catch (error) {
			this.fail(wordsOf(error));
		}
	}

	private listen(wait: Millis): void {
		this.timer.set(wait, () => {
			const silence = this.clock.now() - this.deliveredAt;
			const broken = (this.camera?.broken ?? 0) > 0 ? ", only broken ones" : "";
			if (silence >= SILENCE) this.fail(`the camera delivers no picture for ${SILENCE / 1000} s${broken}`);
			else this.listen(SILENCE - silence);
		});
	}

	private fail(words: string): void {
		const steady = this.camera !== undefined && this.deliveredAt - this.openedAt >= STEADY;
		this.abandon();
		if (steady) this.retry = RETRY_FIRST;
		this.timer.set(this.retry, () => this.open());
		this.retry = Math.min(RETRY_LONGEST, this.retry * 2);
		this.troubled = true;
		this.owner.trouble(words);
	}

	private devicesChanged(): void {
		if (this.isRunning && this.camera === undefined) this.timer.set(SETTLE, () => this.open());
	}

	/** Closes the camera; pictures that viewers still hold are returned later. */
	private abandon(): void {
		this.timer.clear();
		const { camera } = this;
		if (camera === undefined) return;
		this.owner.closing();
		this.camera = undefined;
		camera.close();
	}
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
