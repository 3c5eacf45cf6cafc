import type { Millis, Octets } from "../../core/time";
import type { VideoEncoding } from "../../media/video-encoding";
import {
	type FileAnswer,
	type FileEntry,
	type FileFailure,
	type FileListSink,
	type Files,
	isFilePath,
} from "../../ports/files";
import { RtspRefusal } from "../rtsp-refusal";
import { MatroskaFileScan } from "./matroska-file-scan";
import type { StoredCatalog, StoredContent } from "./stored-content";
import { TICKS_PER_SECOND } from "./stored-content";
import { refusalOf, StoredFile, type StoredFileReader } from "./stored-file";
import { type ScannedFile, StoredFileScan } from "./stored-file-scan";

/** The most names of a listing, and the most entries of the folder that are looked at. */
const LISTED_MAX = 500;
const ENTRIES_MAX = 10_000;
/** The longest name. */
const NAME_MAX = 100;
/** How many files are looked through at a time, and how many clients may wait for each. */
const SCANS_MAX = 2;
const WAITING_MAX = 16;
/** How many contents are remembered. */
const KNOWN_MAX = 16;
/** The rate of files that say none. */
const USUAL_RATE = 25;
const RATE_MAX = 240;

/** What a file consists of. */
type FileFormat = VideoEncoding | "Matroska";

type Done = (answer: StoredContent | RtspRefusal) => void;

/** A file that was looked through, as it was then. */
class KnownFile {
	/** Those who wait while it is looked through; `undefined` afterwards. */
	waiting: Done[] | undefined = [];
	answer: StoredContent | RtspRefusal | undefined;

	constructor(
		readonly name: string,
		readonly size: Octets,
		readonly modified: Millis | undefined,
	) {}
}

/**
 * The contents in one folder of files: JPEG pictures one after another (`.mjpeg`, `.mjpg`), H.264 byte streams (`.h264`, `.264`), and
 * Matroska with either of them (`.mkv`). Subfolders and other files are not offered.
 *
 * A name may say the rate: `garden@15.mjpeg` has 15 pictures a second. Without, H.264 files have the rate of their parameter sets,
 * others the usual one. A file is looked through when it is asked for first, and again when it has changed.
 */
export class StoredFolder implements StoredCatalog {
	/** The files that were asked for; the newest is last. */
	private readonly known: KnownFile[] = [];
	private readonly readers = new Set<StoredFileReader>();
	private scans = 0;

	/**
	 * @param files with the folder as their root
	 * @param rate of files that do not say theirs. @default 25
	 */
	constructor(
		private readonly files: Files,
		private readonly rate = USUAL_RATE,
	) {}

	list(done: (names: readonly string[]) => void): void {
		this.files.list("", new Listing(done));
	}

	find(name: string, done: Done): void {
		const format = isContentName(name) ? formatOf(name) : undefined;
		// Never during the call, as for names that exist.
		if (format === undefined) return this.files.stat("", () => done(notThere()));
		this.files.stat(name, (answer) => this.found(name, format, answer, done));
	}

	/** A file was deleted or replaced: the streams that play it end in order (STR-23). */
	removed(name: string): void {
		for (const reader of this.readers) if (reader.path === name) reader.isGone = true;
		const known = this.known.find((file) => file.name === name);
		if (known !== undefined) this.forget(known);
	}

	private found(name: string, format: FileFormat, answer: FileAnswer<FileEntry>, done: Done): void {
		if (answer.failure !== undefined) return done(refusalOf(answer.failure));
		const { kind, size, modified } = answer.value;
		if (kind !== "file") return done(notThere());
		const place = this.known.findIndex((file) => file.name === name);
		const known = this.known[place];
		if (known !== undefined && known.size === size && known.modified === modified) {
			if (known.waiting === undefined) return done(known.answer ?? notThere());
			if (known.waiting.length < WAITING_MAX) known.waiting.push(done);
			else done(busy());
			return;
		}
		if (this.scans >= SCANS_MAX) return done(busy());
		if (place >= 0) this.known.splice(place, 1);
		this.scan(new KnownFile(name, size, modified), format, done);
	}

	private scan(known: KnownFile, format: FileFormat, done: Done): void {
		this.remember(known);
		this.scans++;
		known.waiting?.push(done);
		this.files.open(known.name, "read", (answer) => {
			if (answer.failure !== undefined) return this.scanned(known, refusalOf(answer.failure));
			const scanned = (found: ScannedFile | string): void =>
				this.scanned(known, typeof found === "string" ? new RtspRefusal(415, found) : this.content(known.name, found));
			if (format === "Matroska") new MatroskaFileScan(answer.value, scanned);
			else new StoredFileScan(answer.value, format, rateOf(known.name), this.rate, scanned);
		});
	}

	private content(name: string, { video, index, isLengths = false, utc }: ScannedFile): StoredContent {
		const range = { duration: index.ticks(index.count) / TICKS_PER_SECOND, utc };
		const description = { id: `files/${name}`, title: name, video, range };
		return new StoredFile(description, index, isLengths, this.files, name, this.readers);
	}

	private scanned(known: KnownFile, answer: StoredContent | RtspRefusal): void {
		const { waiting } = known;
		this.scans--;
		known.waiting = undefined;
		known.answer = answer;
		// What failed may work the next time.
		if (answer instanceof RtspRefusal && answer.status !== 415) this.forget(known);
		for (const done of waiting ?? []) done(answer);
	}

	private remember(known: KnownFile): void {
		const { length } = this.known;
		const oldest = length < KNOWN_MAX ? -1 : this.known.findIndex((file) => file.waiting === undefined);
		if (oldest >= 0) this.known.splice(oldest, 1);
		this.known.push(known);
	}

	private forget(known: KnownFile): void {
		const place = this.known.indexOf(known);
		if (place >= 0) this.known.splice(place, 1);
	}
}

/** Collects the names of contents. */
class Listing implements FileListSink {
	private readonly names: string[] = [];
	private seen = 0;

	constructor(private readonly done: (names: readonly string[]) => void) {}

	entry({ name, kind }: FileEntry): boolean {
		if (kind === "file" && isContentName(name) && formatOf(name) !== undefined) this.names.push(name);
		if (++this.seen < ENTRIES_MAX && this.names.length < LISTED_MAX) return true;
		this.listed();
		return false;
	}

	listed(): void {
		this.done(this.names.sort());
	}

	failed(_why: FileFailure, _detail: string): void {
		this.done([]);
	}
}

/** True for a name in the folder itself, visible, and without characters that URLs or logs would have to write differently. */
function isContentName(name: string): boolean {
	if (name === "" || name.length > NAME_MAX || name.charCodeAt(0) === 0x2e) return false;
	return name.indexOf("/") < 0 && isFilePath(name);
}

function formatOf(name: string): FileFormat | undefined {
	switch (name.slice(name.lastIndexOf(".") + 1).toLowerCase()) {
		case "mjpeg":
		case "mjpg":
			return "JPEG";
		case "h264":
		case "264":
			return "H264";
		case "mkv":
			return "Matroska";
		default:
			return undefined;
	}
}

/** @returns the rate in a name; 0: it says none */
function rateOf(name: string): number {
	const at = name.lastIndexOf("@");
	const rate = at < 0 ? 0 : Number(name.slice(at + 1, name.lastIndexOf(".")));
	return rate > 0 && rate <= RATE_MAX ? rate : 0;
}

function notThere(): RtspRefusal {
	return new RtspRefusal(404, "there is no such content");
}

function busy(): RtspRefusal {
	return new RtspRefusal(503, "the server is looking through other files, try again in a few seconds");
}
