import type { Millis } from "../../../core/time";
import type { AccessUnit } from "../../../media/access-unit";
import type { Frame } from "../../../media/frame";
import type { FrameSink, FrameSource, UnitSink, UnitSource } from "../../../ports/camera";

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
 * Takes the pictures of one camera in the better of two ways: H.264 where it is wanted and the camera has it, else JPEG.
 *
 * The owner calls {@link tick} each second.
 */
export class PictureFeed {
	kind: Kind = "";
	/** The H.264 that is being taken; `undefined`: none is. */
	private units: UnitSource | undefined;
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
		this.frameSink = {
			frame: (frame) => this.frame(frame),
			trouble: (message) => this.frameTrouble(message),
		};
		this.unitSink = {
			unit: (unit) => this.unit(unit),
			trouble: (message) => this.unitTrouble(message),
		};
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
		this.units = this.wantsH264 ? this.source.h264 : undefined;
		if (this.units === undefined) this.takeJpeg();
		else this.units.start(this.unitSink);
	}

	private takeJpeg(): void {
		this.kind = "jpeg";
		this.stopUnits();
		this.runFrames(true);
	}

	private stopUnits(): void {
		const { units } = this;
		this.units = undefined;
		units?.stop();
	}

	private runFrames(on: boolean): void {
		if (on === this.hasFrames) return;
		this.hasFrames = on;
		if (on) this.source.start(this.frameSink);
		else this.source.stop();
	}

	private frame(frame: Frame): void {
		if (!this.hasFrames) return frame.release();
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
		const { units } = this;
		if (units !== undefined && this.kind !== "jpeg") {
			this.kind = "h264";
			this.lastAt = this.now();
			this.owner.unit(unit, units.parameterSets);
		}
		unit.release();
	}

	private frameTrouble(message: string | undefined): void {
		if (this.hasFrames && this.kind !== "h264") this.owner.trouble(message);
	}

	private unitTrouble(message: string | undefined): void {
		if (this.units === undefined || this.kind === "jpeg") return;
		// A camera without H.264 has no fault; if its JPEG does not come either, that says why.
		if (this.kind === "" && this.source.h264 === undefined) return this.takeJpeg();
		this.owner.trouble(message);
		// What comes first decides: others can't be reached.
		if (message !== undefined && this.kind === "") this.runFrames(true);
	}
}
