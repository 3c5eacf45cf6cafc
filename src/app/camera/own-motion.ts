import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { FrameHub, FrameViewer } from "../../media/frame-hub";
import type { LumaGrid, LumaReader, LumaSink } from "../../ports/luma";
import { MOTION_DEFAULTS } from "../../storage/motion/motion-settings";
import { MotionWatch } from "../../storage/motion/motion-watch";
import type { Node } from "../node";

/** How often a picture is looked at. */
const PAUSE: Millis = 200;
/** After this long without pictures nothing is known to move. */
const LOST: Millis = 10_000;

/** Learns whether something moves in front of a camera. */
export interface MotionListener {
	/** @param utc when the picture was taken, in milliseconds since 1970; 0: the date is not known */
	motionChanged(isMoving: boolean, utc: Millis): void;
}

/** A camera in whose pictures motion is looked for. */
export interface WatchingCamera extends Pick<Node, "pump" | "host"> {
	readonly video: { readonly hub: FrameHub };
	/** What looks for it, once somebody has asked. */
	ownMotion?: OwnMotion;
}

/** The one that all who listen to a camera share, so that each picture is looked at once. @param reader that of the first call is used */
export function ownMotionOf(camera: WatchingCamera, reader: LumaReader): OwnMotion {
	camera.ownMotion ??= new OwnMotion(camera, camera.video.hub, reader);
	return camera.ownMotion;
}

/**
 * Looks for motion in a camera's own pictures, while somebody listens: for hosts with the power for it.
 *
 * It sees what a NAS sees with the settings that nobody has changed. The camera's source runs meanwhile.
 */
export class OwnMotion implements FrameViewer, LumaSink {
	/** @see FrameViewer; it is not a human viewer */
	readonly viewers = 0;
	deadline: Millis = Infinity;
	private readonly handle: Handle<OwnMotion, undefined>;
	private readonly listeners = new Set<MotionListener>();
	private watch = new MotionWatch(MOTION_DEFAULTS);
	private at: Millis = -Infinity;
	private isReading = false;

	constructor(
		private readonly node: Pick<Node, "pump" | "host">,
		private readonly hub: FrameHub,
		private readonly reader: LumaReader,
	) {
		this.handle = node.pump.add(this, undefined);
	}

	/** Of what moves, or moved last: the largest share of the picture that changed, 0 to 100. */
	get score(): number {
		return this.watch.score;
	}

	/** Adds a listener; with the first one it begins to look. */
	listen(listener: MotionListener): void {
		this.listeners.add(listener);
		if (this.listeners.size > 1) return;
		const now = this.node.pump.now();
		this.watch = new MotionWatch(MOTION_DEFAULTS);
		this.isReading = false;
		this.at = now;
		this.setDeadline(now + LOST);
		this.hub.join(now, this);
	}

	/** Removes a listener; without any it ceases to look. */
	unlisten(listener: MotionListener): void {
		if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
		this.setDeadline(Infinity);
		this.hub.leave(this.node.pump.now(), this);
	}

	/** @see FrameViewer */
	offer(now: Millis): void {
		const frame = this.hub.latest;
		// A picture may come a little early.
		if (frame === undefined || this.isReading || now - this.at < 0.9 * PAUSE) return;
		this.at = now;
		this.setDeadline(now + LOST);
		this.isReading = true;
		if (!this.reader.read(frame, this)) this.isReading = false;
	}

	/** @see LumaSink */
	luma(frame: Frame, grid: LumaGrid): void {
		this.isReading = false;
		if (this.listeners.size === 0) return;
		const utc = frame.utc ?? this.node.host.clock.utc() ?? 0;
		const news = this.watch.take(this.at, utc, grid);
		if (news === "began") this.tell(true, this.watch.from);
		else if (news === "ended") this.tell(false, utc);
	}

	/** @see LumaSink */
	failed(): void {
		this.isReading = false;
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		if (this.watch.lost() === "ended") this.tell(false, this.node.host.clock.utc() ?? 0);
	}

	private tell(isMoving: boolean, utc: Millis): void {
		for (const listener of this.listeners) listener.motionChanged(isMoving, utc);
	}

	private setDeadline(at: Millis): void {
		this.deadline = at;
		this.handle.called();
	}
}
