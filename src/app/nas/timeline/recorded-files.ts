import type { StreamSource } from "../../../core/stream";
import { DAY, type Millis, type Octets } from "../../../core/time";
import type { HttpReply } from "../../../http/http-request";
import { NO_STORE } from "../../../http/response-head";
import type { SeekableContent } from "../../../http/seekable-content";
import type { Files } from "../../../ports/files";
import type { ContentStore } from "../../../storage/content-store";
import { type ExportFormat, type ExportRefusal, openExport } from "../../../storage/export/export-file";
import type { CameraKey, Utc } from "../../../storage/recording";
import { TIMELINE_MESSAGES } from "../../../web/timeline-messages";
import type { Headers } from "../../../wire/text-message";
import type { SiteRequest } from "../../part";
import { hasPlace } from "./has-place";

const { refused } = TIMELINE_MESSAGES;

/** The most files that are made at once: each holds recordings open. */
const FILES_MAX = 24;
/** The most segments in one file: a week of them. */
const SEGMENTS_MAX = 2048;
/** The longest span of one file. */
const SPAN_MAX: Millis = 7 * DAY;

/** The most pictures of all files at once: two days at five a second, and some clips. */
const PICTURES_MAX = 1_200_000;

/** How often a client that waits is looked after. */
const WORKING: Millis = 5000;

const LATER: Headers = Object.freeze([Object.freeze(["Retry-After", "5"] as const), ...NO_STORE]);

/** A span of a camera that is wanted as one file. */
export interface WantedFile {
	readonly camera: CameraKey;
	/** For its name. */
	readonly title: string;
	readonly from: Utc;
	readonly to: Utc;
	readonly format: ExportFormat;
	/** True: to be saved; false: to be played on the page. */
	readonly isDownload: boolean;
}

/** Answers requests for spans of recordings as one file, which is made while it is sent. A few at a time. */
export class RecordedFiles {
	/** How many are being made. */
	open = 0;
	private readonly budget = { left: PICTURES_MAX };

	/** @param after calls `run` once, later */
	constructor(
		private readonly files: Files,
		private readonly store: ContentStore,
		private readonly after: (delay: Millis, run: () => void) => void,
	) {}

	/** Answers with the file: its length is known, and any range of it can be asked for. */
	answer(wanted: WantedFile, request: SiteRequest, reply: HttpReply): void {
		const { camera, title, from, to, format } = wanted;
		if (to - from > SPAN_MAX) return reply.error(400, refused.span);
		if (!hasPlace(this.open, FILES_MAX, request)) return reply.error(503, refused.busy, LATER);
		this.open++;
		const segments = this.store.segments(camera, from, to, SEGMENTS_MAX);
		let isMaking = true;
		const done = (made: SeekableContent | ExportRefusal): void => {
			isMaking = false;
			if (typeof made !== "string")
				return reply.content(new CountedContent(made, () => this.open--), headersOf(wanted));
			this.open--;
			if (made === "busy") return reply.error(503, refused.busy, LATER);
			const [status, why] = refusalOf(made, wanted);
			reply.error(status, why);
		};
		const cancel = openExport(this.files, segments, from, to, format, done, title, this.budget);
		// A day on a slow disk takes longer to look through than a handler may take.
		const goOn = (): void => {
			if (!isMaking) return;
			if (reply.answered) {
				isMaking = false;
				this.open--;
				return cancel();
			}
			reply.working();
			this.after(WORKING, goOn);
		};
		this.after(WORKING, goOn);
	}
}

function refusalOf(why: ExportRefusal, { isDownload }: WantedFile): readonly [status: number, why: string] {
	switch (why) {
		case "empty":
			return [404, refused.nothing];
		case "format":
			return [415, isDownload ? refused.format : refused.jpegVideo];
		case "large":
			return [400, refused.span];
		default:
			return [500, refused.unreadable];
	}
}

/** Finished recordings never change, but a visitor who logs out should not leave copies in the browser. */
function headersOf({ title, camera, from, format, isDownload }: WantedFile): Headers {
	if (!isDownload) return NO_STORE;
	const name = plainName(title) || camera;
	const time = new Date(from).toISOString().slice(0, 19).replaceAll(":", "-");
	return [["Content-Disposition", `attachment; filename="${name} ${time}Z.${format}"`], ...NO_STORE];
}

/** A name of letters, digits, spaces and hyphens, which every system takes. */
function plainName(title: string): string {
	let name = "";
	for (const character of title.slice(0, 48)) {
		const code = character.charCodeAt(0) | 0x20;
		const isPlain = (code >= 0x61 && code <= 0x7a) || (character >= "0" && character <= "9");
		name += isPlain ? character : name.endsWith(" ") ? "" : " ";
	}
	return name.trim();
}

/** Counts a content until it is closed. */
class CountedContent implements SeekableContent {
	readonly type: string;
	readonly length: Octets;
	readonly etag: string | undefined;
	readonly modified: Millis | undefined;

	constructor(
		private readonly content: SeekableContent,
		private readonly done: () => void,
	) {
		this.type = content.type;
		this.length = content.length;
		this.etag = content.etag;
		this.modified = content.modified;
	}

	open(start: Octets, end: Octets): StreamSource {
		return this.content.open(start, end);
	}

	close(): void {
		this.content.close();
		this.done();
	}
}
