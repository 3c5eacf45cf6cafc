import type { Millis } from "../../../core/time";
import type { AccessUnit } from "../../../media/access-unit";
import type { Frame } from "../../../media/frame";
import type { FrameSource } from "../../../ports/camera";
import type { CameraRecorder } from "../../../storage/recorder/camera-recorder";
import type { Utc } from "../../../storage/recording";
import type { KnownCamera, PictureTap } from "../recorder-control";
import { PictureFeed, type PictureFeedOwner } from "./picture-feed";

/** What all recorded cameras of a NAS share. */
export interface RecordedSourceHost {
	/** Those who look at the pictures. */
	readonly taps: readonly PictureTap[];
	readonly wantsH264: boolean;
	now(): Millis;
	/** The date; `undefined`: not known. */
	utc(): Utc | undefined;
	/** Something that pages show has changed. */
	cameraChanged(camera: RecordedSource): void;
}

/** A camera that can be recorded: gives its pictures to its recorder and to those who look at them. */
export class RecordedSource implements PictureFeedOwner {
	/** What the source complains of; `undefined`: nothing. */
	sourceFault: string | undefined;
	private readonly feed: PictureFeed;
	/** True: those who look have got pictures since they were told last that none come. */
	private isSeen = false;

	/** @param member the camera of the fleet; `undefined`: it is at a URL */
	constructor(
		private readonly host: RecordedSourceHost,
		readonly recorder: CameraRecorder,
		readonly member: string | undefined,
		source: FrameSource,
	) {
		this.feed = new PictureFeed(source, host.wantsH264, this, () => host.now());
	}

	/** @see KnownCamera */
	get known(): KnownCamera {
		const { recorder, member } = this;
		const { key, title, mode, storageFault } = recorder;
		const why = storageFault === undefined ? recorder.why : "storage";
		const isRecording = why === undefined;
		const trouble = storageFault ?? (isRecording || why === "off" ? undefined : this.sourceFault);
		return { key, title, mode, isRecording, why, trouble, member };
	}

	/** Looks at the time. Called each second. */
	tick(): void {
		const { recorder, feed, host } = this;
		const utc = host.utc();
		const isWanted = recorder.wantsPictures(host.now(), utc);
		// To decode H.264 takes a host a lot; cameras of the fleet have JPEG as well.
		const looks = this.member !== undefined || recorder.mode === "event";
		feed.tick(isWanted, looks && host.taps.length > 0);
		if (!isWanted) {
			this.sourceFault = undefined;
			this.tellLost();
		}
		recorder.tick(host.now(), utc);
	}

	/** The camera is elsewhere, or has started again. */
	moved(): void {
		this.feed.moved();
	}

	/** Ends for good. @param done called when all is on the medium, or could not be put there */
	close(done: () => void): void {
		this.feed.stop();
		this.recorder.close(done);
	}

	/** @see PictureFeedOwner */
	frame(frame: Frame, isMain: boolean): void {
		const { host, recorder } = this;
		const utc = host.utc();
		if (utc === undefined) return;
		if (isMain) {
			this.works();
			recorder.frame(host.now(), utc, frame);
		}
		this.isSeen = true;
		for (const tap of host.taps) tap.picture(recorder.key, frame, utc);
	}

	/** @see PictureFeedOwner */
	unit(unit: AccessUnit, sets: readonly Uint8Array[]): void {
		const { host } = this;
		const utc = host.utc();
		if (utc === undefined) return;
		this.works();
		this.recorder.unit(host.now(), utc, unit, sets);
	}

	/** @see PictureFeedOwner */
	trouble(message: string | undefined): void {
		if (message === this.sourceFault) return;
		this.sourceFault = message;
		const { host } = this;
		const utc = host.utc();
		if (message !== undefined && utc !== undefined) {
			this.recorder.sourceLost(host.now(), utc);
			this.tellLost();
		}
		host.cameraChanged(this);
	}

	private works(): void {
		if (this.sourceFault === undefined) return;
		this.sourceFault = undefined;
		this.host.cameraChanged(this);
	}

	private tellLost(): void {
		if (!this.isSeen) return;
		this.isSeen = false;
		for (const tap of this.host.taps) tap.lost(this.recorder.key);
	}
}
