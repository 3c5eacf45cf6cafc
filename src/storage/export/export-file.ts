import type { SeekableContent } from "../../http/seekable-content";
import type { Files } from "../../ports/files";
import type { Segment, Utc } from "../recording";

/**
 * The format of an exported span. `mp4` holds H.264, `mov` and `avi` hold JPEG (for QuickTime and Windows), `mkv` holds both.
 */
export type ExportFormat = "mp4" | "mov" | "avi" | "mkv";

/** Why a span can't be exported. */
export type ExportRefusal =
	/** There are no pictures in the span. */
	| "empty"
	/** The format can't hold the encoding of the recording. */
	| "format"
	/** There are more pictures than {@link EXPORT_PICTURES_MAX}, or more octets than the format can hold. */
	| "large"
	/** The recording can't be read. */
	| "failed";

/** The most pictures in one export: a day at 5 a second. */
export const EXPORT_PICTURES_MAX = 432_000;

/**
 * Makes one file of the pictures in a span, for `HttpReply.content`: its length is known and any range of it can be read, so
 * that a download shows its progress and can be resumed, and a player can seek.
 *
 * First it walks over the segments to find the pictures, without reading them; then pictures are read while they are sent. The
 * file has the encoding of the first segment; pictures in another encoding are left out. H.264 begins with the last key picture at
 * or before `from`. A gap becomes one second long.
 * @param segments of one camera, in the order of their starts, as `ContentStore.segments` returns them
 * @param done called once, later. Who gets a content calls `open` or `close` in time: it holds files open
 * @returns cancels: `done` is not called any more
 */
export function openExport(
	_files: Files,
	_segments: readonly Segment[],
	_from: Utc,
	_to: Utc,
	_format: ExportFormat,
	_done: (answer: SeekableContent | ExportRefusal) => void,
): () => void {
	throw new Error("not yet");
}
