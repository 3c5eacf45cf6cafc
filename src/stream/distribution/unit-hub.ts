import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { FrameSource, UnitSink, UnitSource } from "../../ports/camera";

/** How long a source runs on without viewers, so that the next client starts at once. */
const LINGER: Millis = 10_000;
/** How often it looks whether the camera has another source now. */
const LOOK_EVERY: Millis = 2000;

/** Watches the H.264 pictures of one camera. */
export interface UnitViewer {
	/** The next picture; a viewer that keeps it beyond the call retains it. */
	unit(now: Millis, unit: AccessUnit): void;
}

/**
 * Runs the H.264 source of a camera while it has viewers, and a little longer, and gives each picture to all of them (STR-25).
 *
 * A machine without an outbox: its {@link deadline} is when the source has run without viewers for long enough, or when it looks
 * whether the camera has another source, as devices come and go.
 */
export class UnitHub implements UnitSink {
	deadline: Millis = Infinity;
	/** The source that runs; another one may have taken its place in the camera. */
	private running: UnitSource | undefined;
	private readonly viewers: UnitViewer[] = [];
	/** What is wrong with the source; `undefined`: nothing. */
	private fault: string | undefined;

	/**
	 * @param now tells the time when a picture arrives
	 * @param report gets what is wrong with the source, once
	 */
	constructor(
		private readonly camera: Pick<FrameSource, "h264">,
		private readonly now: () => Millis,
		private readonly report: (message: string) => void = NOTHING,
	) {}

	/** The camera's H.264 video: what runs, or what would; `undefined`: it has none at the moment. */
	get source(): UnitSource | undefined {
		return this.running ?? this.camera.h264;
	}

	/** Adds a viewer and starts the source; harmless when it is there. */
	join(viewer: UnitViewer): void {
		if (this.viewers.indexOf(viewer) < 0) this.viewers.push(viewer);
		this.follow();
	}

	/** Removes a viewer; harmless when it is not there. */
	leave(now: Millis, viewer: UnitViewer): void {
		const at = this.viewers.indexOf(viewer);
		if (at < 0) return;
		this.viewers.splice(at, 1);
		if (this.viewers.length === 0) this.deadline = this.running === undefined ? Infinity : now + LINGER;
	}

	/** Asks the source for a key picture. */
	requestKey(): void {
		this.running?.requestKey?.();
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		if (this.viewers.length > 0) this.follow();
		else this.stop();
	}

	/** Stops the source at once. */
	stop(): void {
		this.deadline = Infinity;
		const { running } = this;
		this.running = undefined;
		running?.stop();
	}

	/** @see UnitSink */
	unit(unit: AccessUnit): void {
		const now = this.now();
		// From the end, as a viewer may leave in the call.
		for (let i = this.viewers.length - 1; i >= 0; i--) this.viewers[i].unit(now, unit);
		unit.release();
	}

	/** @see UnitSink */
	trouble(message: string | undefined): void {
		if (message === this.fault) return;
		this.fault = message;
		if (message !== undefined) this.report(message);
	}

	/** Runs the source that the camera has now. */
	private follow(): void {
		const { h264 } = this.camera;
		const before = this.running;
		this.deadline = this.now() + LOOK_EVERY;
		if (before === h264) return;
		this.running = h264;
		this.fault = undefined;
		before?.stop();
		h264?.start(this);
	}
}

const NOTHING = (): void => {};
