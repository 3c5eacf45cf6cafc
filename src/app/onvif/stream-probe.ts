import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { FrameViewer } from "../../media/frame-hub";
import { readSps, type SpsInfo } from "../../media/h264-sps";
import { JpegSize } from "../../media/jpeg-size";
import type { OnvifProfile } from "../../onvif/onvif-device";
import type { UnitHub, UnitViewer } from "../../stream/distribution/unit-hub";
import type { Camera } from "../camera/camera";
import { unitsOf } from "../stream/live-units";

/** How long it waits for a picture. */
const PATIENCE: Millis = 4000;
/** The most requests that wait at a time. */
const WAITING_MAX = 32;
/** Sizes are taken as known for so long. */
const KNOWN: Millis = 60_000;

/** A stream without its URL. */
export type StreamFormat = Omit<OnvifProfile, "url">;

/**
 * Finds out which pictures a camera makes, by looking at one: H.264 first where there is some, then JPEG. The source runs for
 * that, and what is known is good for a minute.
 */
export class StreamProbe implements FrameViewer, UnitViewer {
	/** @see FrameViewer; it is not a human viewer */
	readonly viewers = 0;
	deadline: Millis = Infinity;
	private readonly handle: Handle<StreamProbe, undefined>;
	private readonly units: Handle<UnitHub, undefined>;
	private waiting: ((formats: readonly StreamFormat[]) => void)[] = [];
	private readonly size = new JpegSize();
	private formats: readonly StreamFormat[] = [];
	private knownUntil: Millis = -Infinity;

	constructor(private readonly camera: Camera) {
		this.handle = camera.pump.add(this, undefined);
		this.units = camera.pump.add(unitsOf(camera), undefined);
	}

	/** Asks for the streams. @param done called once, now or later; without streams if the camera has no picture */
	ask(now: Millis, done: (formats: readonly StreamFormat[]) => void): void {
		const hasH264 = this.camera.video.source.h264 !== undefined;
		const isKnown = now < this.knownUntil && hasH264 === this.formats.some(({ token }) => token === "h264");
		if (isKnown) return done(this.formats);
		if (this.waiting.length >= WAITING_MAX) return done([]);
		this.waiting.push(done);
		if (this.waiting.length > 1) return;
		this.deadline = now + PATIENCE;
		this.handle.called();
		this.camera.video.hub.join(now, this);
		if (hasH264) this.units.call((units) => units.join(this));
		this.look(now);
	}

	/** @see FrameViewer */
	offer(now: Millis): void {
		this.look(now);
	}

	/** @see UnitViewer */
	unit(now: Millis): void {
		this.look(now);
	}

	expire(now: Millis): void {
		if (now >= this.deadline) this.finish(now);
	}

	/** Ends when all is known. */
	private look(now: Millis): void {
		if (this.waiting.length === 0) return;
		const { source } = this.camera.video;
		if (this.jpeg(now) === undefined || (source.h264 !== undefined && this.h264() === undefined)) return;
		this.finish(now);
	}

	private finish(now: Millis): void {
		const formats = [this.h264(), this.jpeg(now)].filter((format) => format !== undefined);
		this.formats = formats;
		this.knownUntil = formats.length > 0 && now < this.deadline ? now + KNOWN : -Infinity;
		this.deadline = Infinity;
		this.handle.called();
		this.camera.video.hub.leave(now, this);
		this.units.call((units) => units.leave(now, this));
		const { waiting } = this;
		this.waiting = [];
		for (const done of waiting) done(formats);
	}

	private jpeg(now: Millis): StreamFormat | undefined {
		const { hub, quality = 80 } = this.camera.video;
		const frame = hub.fresh(now);
		if (frame === undefined || !this.size.read(frame.bytes, frame.start, frame.end)) return undefined;
		const { width, height } = this.size;
		return { token: "jpeg", encoding: "JPEG", width, height, quality, h264Profile: "" };
	}

	private h264(): StreamFormat | undefined {
		for (const set of this.camera.video.source.h264?.parameterSets ?? []) {
			const info = readSps(set, 0, set.length);
			if (info === undefined) continue;
			const { width, height } = info;
			return { token: "h264", encoding: "H264", width, height, quality: 80, h264Profile: profileOf(info) };
		}
		return undefined;
	}
}

/** The profile as ONVIF names it. @see ITU-T H.264 §A.2, tt:H264Profile */
function profileOf({ profileLevelId }: SpsInfo): string {
	switch (Number.parseInt(profileLevelId.slice(0, 2), 16)) {
		case 66:
			return "Baseline";
		case 88:
			return "Extended";
		case 77:
			return "Main";
		default:
			return "High";
	}
}
