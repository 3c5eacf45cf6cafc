import type { SeekableContent } from "../../http/seekable-content";
import type { Files } from "../../ports/files";
import type { Segment, Utc } from "../recording";
import { AVI_MAX, AviLayout } from "./avi-layout";
import { ExportContent } from "./export-content";
import type { ExportLayout } from "./export-layout";
import { MkvLayout } from "./mkv-layout";
import { Mp4Layout } from "./mp4-layout";
import type { PictureBudget, PictureTable } from "./picture-table";
import { SpanSurvey, type SurveyFailure } from "./span-survey";

/**
 * The format of an exported span. `mp4` holds H.264, `avi` holds JPEG, `mov` and `mkv` hold both. QuickTime and Windows play
 * JPEG in `mov` and `avi`, and no `mkv`.
 */
export type ExportFormat = "mp4" | "mov" | "avi" | "mkv";

/** Why a span can't be exported. */
export type ExportRefusal =
	/** There are no pictures in the span. */
	| "empty"
	/** The format can't hold the encoding of the recording. */
	| "format"
	/** There are more pictures than `EXPORT_PICTURES_MAX`, or more octets than the format can hold. */
	| "large"
	/** Other exports know too many pictures: later there is room again. */
	| "busy"
	/** The recording can't be read. */
	| "failed";

/**
 * Makes one file of the pictures in a span, for `HttpReply.content`: its length is known and any range of it can be read, so
 * that a download shows its progress and can be resumed, and a player can seek.
 *
 * First it walks over the segments to find the pictures, without reading them; then pictures are read while they are sent. The
 * file has the encoding of the first segment; pictures in another encoding are left out. H.264 begins with the last key picture at
 * or before `from`; `mp4` and `mov` say that what is before `from` is not shown. A gap becomes one second long. A segment that is deleted while it is read ends the stream with a failure.
 * @param segments of one camera, in the order of their starts, as `ContentStore.segments` returns them
 * @param done called once, later. The receiver of a content calls `close` when it is no longer needed, as it may hold a file open
 * @param title the name of the camera for people, which `mkv` contains
 * @param budget shared with other exports
 * @returns cancels: `done` is not called any more
 */
export function openExport(
	files: Files,
	segments: readonly Segment[],
	from: Utc,
	to: Utc,
	format: ExportFormat,
	done: (answer: SeekableContent | ExportRefusal) => void,
	title = "",
	budget: PictureBudget = { left: Infinity },
): () => void {
	const encoding = segments[0]?.encoding;
	const isPossible = encoding === "JPEG" ? format !== "mp4" : encoding === "H264" && format !== "avi";
	if (!isPossible) {
		let isCancelled = false;
		// An operation that answers later, as the contract demands.
		files.stat("", () => isCancelled || done(encoding === undefined ? "empty" : "format"));
		return () => {
			isCancelled = true;
		};
	}
	const surveyed = (answer: PictureTable | SurveyFailure): void => {
		if (typeof answer === "string") return done(answer);
		const content = answer.count === 0 ? "empty" : contentOf(files, answer, format, segments[0].camera, title);
		if (typeof content === "string") answer.close();
		done(content);
	};
	const survey = new SpanSurvey(files, segments, from, to, surveyed, budget);
	survey.start();
	return () => survey.cancel();
}

function contentOf(
	files: Files,
	table: PictureTable,
	format: ExportFormat,
	camera: string,
	title: string,
): ExportContent | ExportRefusal {
	const layout = layoutOf(table, format, camera, title);
	const content = new ExportContent(files, table, layout);
	return format === "avi" && content.length > AVI_MAX ? "large" : content;
}

function layoutOf(table: PictureTable, format: ExportFormat, camera: string, title: string): ExportLayout {
	switch (format) {
		case "avi":
			return new AviLayout(table);
		case "mkv":
			return new MkvLayout(table, camera, title);
		default:
			return new Mp4Layout(table, format === "mov");
	}
}
