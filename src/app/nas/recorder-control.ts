import type { Millis } from "../../core/time";
import type { Frame } from "../../media/frame";
import type { EventKind, RecordedEvent } from "../../storage/recorded-event";
import type { RecordingMode } from "../../storage/recorder/recording-mode";
import type { CameraKey, GapReason } from "../../storage/recording";

/** A camera that the recorder knows, recorded or not. */
export interface KnownCamera {
	readonly key: CameraKey;
	readonly title: string;
	readonly mode: RecordingMode;
	/** True: pictures are being recorded now. */
	readonly isRecording: boolean;
	/** Why nothing is recorded now; `undefined` while it is. */
	readonly why: GapReason | undefined;
	/** What the source or the medium complains of, for people; `undefined`: nothing. */
	readonly trouble: string | undefined;
	/** The camera of the fleet; `undefined`: it is at a URL from the settings. */
	readonly member: string | undefined;
}

/** Takes what the recorder takes: the pictures of a camera, before frame-rate reduction. @see RecorderControl.tap */
export interface PictureTap {
	/** A JPEG picture; retained if needed beyond the call. Of a camera that is recorded as H.264 it comes at a low rate. */
	picture(camera: CameraKey, frame: Frame, utc: Millis): void;
	/** No pictures will come until the next one: the source is lost, or the camera is gone. */
	lost(camera: CameraKey): void;
}

/** What other parts of a NAS do with the recorder. */
export interface RecorderControl {
	/** All cameras: those of the fleet, those at URLs, and those of which only recordings are left. Sorted by title. */
	cameras(): readonly KnownCamera[];
	camera(key: CameraKey): KnownCamera | undefined;
	/** Records a camera on demand: for some time from now, whatever its mode. @returns false: there is no such camera */
	record(key: CameraKey, duration: Millis): boolean;
	/** Ends what {@link record} began. */
	stop(key: CameraKey): boolean;
	/** Something has begun at a camera: it enters the log of events, and cameras in the mode `event` are recorded. */
	eventBegan(key: CameraKey, kind: EventKind, label: string): RecordedEvent | undefined;
	/** It has ended. */
	eventEnded(event: number): void;
	/** Adds a tap. @returns removes it again */
	tap(tap: PictureTap): () => void;
}
