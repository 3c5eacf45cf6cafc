import { SharedFrames, SharedUnits } from "../../camera/shared-source";
import type { Millis } from "../../core/time";
import type { AccessUnit } from "../../media/access-unit";
import type { Frame } from "../../media/frame";
import type { FrameSink, FrameSource, PictureQuality, UnitSink, UnitSource } from "../../ports/camera";

/** Receives the pictures of a {@link PictureFeed}. */
export interface PictureFeedOwner {
	/** @param isMain false: the camera is recorded as H.264, and this picture came beside. It is released after the call. */
	frame(frame: Frame, isMain: boolean): void;
	/** It is released after the call. */
	unit(unit: AccessUnit, sets: readonly Uint8Array[]): void;
	/** No pictures come, described for people, or they come again (`undefined`). */
	trouble(message: string | undefined): void;
}

/** How long H.264 is waited for, before JPEG is asked for as well. */
const H264_LIMIT: Millis = 8000;
/** After this time without pictures it is asked again how the camera sends. */
const AGAIN: Millis = 60_000;
/** The least time between JPEG pictures beside H.264. */
const BESIDE: Millis = 450;

/** What comes: nothing is known yet, H.264, or JPEG. */
type Kind = "" | "h264" | "jpeg";

/**
 * Takes the pictures of one camera in the better of two ways: H.264 where it is wanted and the camera has it, else JPEG. Others can
 * watch the same camera by {@link view} without another connection.
 *
 * The owner calls {@link tick} each second.
 */
export class PictureFeed {
	kind: Kind = "";
	private readonly frames: SharedFrames;
	private readonly frameTap: FrameSource;
	private units: SharedUnits | undefined;
	private unitTap: UnitSource | undefined;
	private isRunning = false;
	private hasFrames = false;
	private since: Millis = 0;
	private lastAt: Millis = -Infinity;
	private besideAt: Millis = -Infinity;
	private readonly frameSink: FrameSink;
	private readonly unitSink: UnitSink;

	/** @param wantsH264 false: it is taken as JPEG only */
	constructor(
		private readonly source: FrameSource,
		private readonly wantsH264: boolean,
		private readonly owner: PictureFeedOwner,
		private readonly now: () => Millis,
	) {
		this.frames = new SharedFrames(source);
		this.frameTap = this.frames.tap();
		this.frameSink = {
			frame: (frame) => this.frame(frame),
			trouble: (message) => this.frameTrouble(message),
		};
		this.unitSink = {
			unit: (unit) => this.unit(unit),
			trouble: (message) => this.unitTrouble(message),
		};
	}

	/** Makes a source of the same pictures for others; it starts and stops by itself. */
	view(): FrameSource {
		return new FeedView(this, this.frames.tap());
	}

	/** The camera's H.264 for several users; `undefined`: it has none. */
	get shared(): SharedUnits | undefined {
		const { h264 } = this.source;
		if (this.units?.source !== h264) this.units = h264 === undefined ? undefined : new SharedUnits(h264);
		return this.units;
	}

	get quality(): PictureQuality | undefined {
		return this.source.quality;
	}

	get description(): string {
		return this.source.description;
	}

	/** Begins or stops to take pictures, and looks at the time. @param wantsBeside whether JPEG is wanted beside H.264 */
	tick(isWanted: boolean, wantsBeside: boolean): void {
		const now = this.now();
		if (!isWanted) return this.stop();
		if (!this.isRunning || (now - Math.max(this.lastAt, this.since) >= AGAIN && this.wantsH264)) this.begin(now);
		if (this.kind === "" && now - this.since >= H264_LIMIT) this.runFrames(true);
		else if (this.kind === "h264") this.runFrames(wantsBeside);
	}

	/** The camera is elsewhere, or has started again: it may have H.264 now. */
	moved(): void {
		if (this.isRunning && this.kind === "jpeg" && this.wantsH264 && this.source.h264 !== undefined)
			this.begin(this.now());
	}

	/** Stops; harmless when repeated. */
	stop(): void {
		if (!this.isRunning) return;
		this.isRunning = false;
		this.stopUnits();
		this.runFrames(false);
	}

	private begin(now: Millis): void {
		this.stop();
		this.isRunning = true;
		this.since = now;
		this.lastAt = -Infinity;
		this.kind = "";
		const shared = this.wantsH264 ? this.shared : undefined;
		if (shared === undefined) this.takeJpeg();
		else {
			this.unitTap = shared.tap();
			this.unitTap.start(this.unitSink);
		}
	}

	private takeJpeg(): void {
		this.kind = "jpeg";
		this.stopUnits();
		this.runFrames(true);
	}

	private stopUnits(): void {
		this.unitTap?.stop();
		this.unitTap = undefined;
	}

	private runFrames(on: boolean): void {
		if (on === this.hasFrames) return;
		this.hasFrames = on;
		if (on) this.frameTap.start(this.frameSink);
		else this.frameTap.stop();
	}

	private frame(frame: Frame): void {
		const now = this.now();
		if (this.kind === "") this.takeJpeg();
		if (this.kind === "jpeg") {
			this.lastAt = now;
			this.owner.frame(frame, true);
		} else if (now - this.besideAt >= BESIDE) {
			this.besideAt = now;
			this.owner.frame(frame, false);
		}
		frame.release();
	}

	private unit(unit: AccessUnit): void {
		const { unitTap } = this;
		if (unitTap !== undefined && this.kind !== "jpeg") {
			this.kind = "h264";
			this.lastAt = this.now();
			this.owner.unit(unit, unitTap.parameterSets);
		}
		unit.release();
	}

	private frameTrouble(message: string | undefined): void {
		if (this.kind !== "h264") this.owner.trouble(message);
	}

	private unitTrouble(message: string | undefined): void {
		if (this.kind === "jpeg") return;
		// A camera without H.264 has no fault; if its JPEG does not come either, that says why.
		if (this.kind === "" && this.source.h264 === undefined) return this.takeJpeg();
		this.owner.trouble(message);
		// What comes first decides: others can't be reached.
		if (message !== undefined && this.kind === "") this.runFrames(true);
	}
}

/** One more user of a camera's pictures. */
class FeedView implements FrameSource {
	private tap: UnitSource | undefined;
	private tapOf: SharedUnits | undefined;

	constructor(
		private readonly feed: PictureFeed,
		private readonly frames: FrameSource,
	) {}

	get description(): string {
		return this.feed.description;
	}

	get quality(): PictureQuality | undefined {
		return this.feed.quality;
	}

	get h264(): UnitSource | undefined {
		const { shared } = this.feed;
		if (shared !== this.tapOf) {
			this.tapOf = shared;
			this.tap = shared?.tap();
		}
		return this.tap;
	}

	start(sink: FrameSink): void {
		this.frames.start(sink);
	}

	stop(): void {
		this.frames.stop();
	}
}
