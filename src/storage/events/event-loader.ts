import type { Octets } from "../../core/time";
import type { FileEntry, FileFailure, FileListSink, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import { type CameraKey, isCameraKey, type Utc } from "../recording";
import { EVENT_FILE_MAX } from "./event-appender";
import { dayOf, EVENTS_FOLDER, eventFolder } from "./event-path";
import { EVENT_RECORD_MAX, type EventRecord, parseEventRecord } from "./event-record";

/** How much of a log is read at a time. */
const STEP: Octets = 16 * 1024;
/** How many logs are read: those of 256 cameras in a year, say. */
const LOGS_MAX = 100_000;
const LINE_FEED = 10;

/** The log of one camera and day. */
export interface EventLogFile {
	readonly camera: CameraKey;
	readonly day: Utc;
	readonly path: string;
}

/** Finds all logs. @param done gets them by day, the oldest first; or what the medium complains of */
export function listEventLogs(files: Files, done: (answer: EventLogFile[] | string) => void): void {
	const cameras: CameraKey[] = [];
	const logs: EventLogFile[] = [];
	const finish = (): void => {
		logs.sort((a, b) => a.day - b.day);
		done(logs);
	};
	const next = (): void => {
		const camera = cameras.pop();
		if (camera === undefined) return finish();
		const folder = eventFolder(camera);
		const take = ({ kind, name }: FileEntry): void => {
			const day = kind === "file" ? dayOf(name) : undefined;
			if (day !== undefined && logs.length < LOGS_MAX) logs.push({ camera, day, path: `${folder}/${name}` });
		};
		files.list(folder, new Listing(take, next, done));
	};
	const take = ({ kind, name }: FileEntry): void => {
		if (kind === "folder" && isCameraKey(name)) cameras.push(name);
	};
	files.list(EVENTS_FOLDER, new Listing(take, next, done));
}

/** One listing; a folder that is not there has no entries. */
class Listing implements FileListSink {
	constructor(
		private readonly take: (entry: FileEntry) => void,
		private readonly next: () => void,
		private readonly fault: (detail: string) => void,
	) {}

	entry(entry: FileEntry): boolean {
		this.take(entry);
		return true;
	}

	listed(): void {
		this.next();
	}

	failed(why: FileFailure, detail: string): void {
		if (why === "not-found") this.next();
		else this.fault(detail);
	}
}

/** Reads one log, line by line. Lines that are torn or not valid are skipped and counted. */
export class EventLogScan implements FileSink {
	/** Lines that were skipped. */
	skipped = 0;
	private readonly bytes = new Uint8Array(EVENT_RECORD_MAX + STEP);
	/** Octets at the start of {@link bytes} that are the beginning of a line. */
	private carried: Octets = 0;
	/** True: the line is too long, and skipped up to its end. */
	private skips = false;
	private at: Octets = 0;

	/** Starts to read the file, which is closed at the end. @param done gets what the medium complains of, if it does */
	constructor(
		private readonly file: OpenFile,
		private readonly take: (record: EventRecord) => void,
		private readonly done: (fault: string | undefined) => void,
	) {
		this.next();
	}

	/** @see FileSink */
	completed(operation: FileOperation, count: Octets): void {
		if (operation !== "read") return;
		this.at += count;
		const end = this.carried + count;
		let start = 0;
		for (let i = this.carried; i < end; i++) {
			if (this.bytes[i] !== LINE_FEED) continue;
			this.line(start, i);
			start = i + 1;
		}
		if (count < STEP || this.at >= EVENT_FILE_MAX) {
			this.line(start, end);
			return this.finish(undefined);
		}
		if (end - start > EVENT_RECORD_MAX) {
			this.skips = true;
			start = end;
		}
		this.bytes.copyWithin(0, start, end);
		this.carried = end - start;
		this.next();
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, detail: string): void {
		if (operation === "read") this.finish(detail);
	}

	private next(): void {
		this.file.read(this.at, this.bytes, this.carried, this.carried + STEP, this);
	}

	private line(start: Octets, end: Octets): void {
		const record = this.skips ? undefined : parseEventRecord(this.bytes, start, end);
		this.skips = false;
		if (record !== undefined) this.take(record);
		else if (end > start) this.skipped++;
	}

	private finish(fault: string | undefined): void {
		this.file.close();
		this.done(fault);
	}
}
