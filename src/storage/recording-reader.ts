import type { AccessUnit } from "../media/access-unit";
import type { Frame } from "../media/frame";
import type { Segment, Utc } from "./recording";

/** Which picture {@link RecordingReader.read} finds: the first one at or after a time, or the last one at or before it. */
export type RecordingSearch = "from" | "until";

/** A picture that was found. */
export interface RecordedPicture {
	readonly utc: Utc;
	/** The segment that it is in. A new segment may have another encoding, size or parameter sets. */
	readonly segment: Segment;
	/** A `Frame` where the segment's encoding is JPEG, else an `AccessUnit`. */
	readonly picture: Frame | AccessUnit;
	/** Of H.264: sequence and picture parameter sets (NAL units without start codes). */
	readonly parameterSets: readonly Uint8Array[];
}

/** Takes the answer of {@link RecordingReader.read}; exactly one of its methods is called, once, never during the call. */
export interface RecordingSink {
	/** The sink takes over the reference to the picture. */
	found(picture: RecordedPicture): void;
	/** There is no such picture, in any segment. */
	none(): void;
	/** The picture could not be read, or its segment was deleted meanwhile; `detail` is for the log. */
	failed(detail: string): void;
}

/** Reads the pictures of one camera for one viewer, from segment to segment, the running one included. */
export interface RecordingReader {
	/**
	 * Finds a picture by its time and reads it. Reading one after another is cheap. One read at a time.
	 * @param keysOnly finds only pictures with which decoding can start; of JPEG all are
	 */
	read(utc: Utc, search: RecordingSearch, keysOnly: boolean, sink: RecordingSink): void;
	/** Ends the use; a read that has not ended yet calls nothing any more. Harmless when repeated. */
	close(): void;
}
