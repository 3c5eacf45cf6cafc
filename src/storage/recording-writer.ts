import type { AccessUnit } from "../media/access-unit";
import type { Frame } from "../media/frame";
import type { GapReason, Utc } from "./recording";

/** Learns what becomes of the pictures that a {@link RecordingWriter} was given. Never called during a call to the writer. */
export interface RecordingListener {
	/**
	 * Nothing can be written: the medium is full although all that may be deleted was, it fails, or it was too slow and
	 * pictures were dropped. The writer goes on by itself as soon as it can. @param detail for the log
	 */
	storageTrouble(detail: string): void;
	/** Pictures are written again. */
	storageWorks(): void;
}

/**
 * Records one camera: makes segments, ends them in time, and puts what was written on the medium once a second.
 *
 * All pictures have a time of their own. One that is not later than the one before, or is much later, ends the segment with
 * the reason `clock`. The writer is bounded: where the medium does not keep up, whole pictures are dropped and a gap is marked.
 */
export interface RecordingWriter {
	/** Records a JPEG picture, and retains it while it needs it. */
	frame(frame: Frame, utc: Utc): void;
	/**
	 * Records an H.264 picture, and retains it while it needs it. A segment begins with a key picture: others before it are ignored.
	 * @param parameterSets the newest sequence and picture parameter sets (NAL units without start codes)
	 */
	unit(unit: AccessUnit, utc: Utc, parameterSets: readonly Uint8Array[]): void;
	/** Ends the running segment, if any, with a reason. Pictures that come later begin another one. */
	pause(reason: GapReason): void;
	/** Ends the running segment and the writer. @param done called when all is on the medium, or could not be put there */
	close(reason: GapReason, done: () => void): void;
}
