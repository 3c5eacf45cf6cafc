import type { Octets } from "../../core/time";
import type { FileEntry, FileFailure, FileListSink, Files, OpenFile } from "../../ports/files";
import { LineScan } from "../../ports/line-scan";
import { type CameraKey, isCameraKey, type Utc } from "../recording";
import { EVENT_FILE_MAX } from "./event-appender";
import { dayOf, EVENTS_FOLDER, eventFolder } from "./event-path";
import { EVENT_RECORD_MAX, type EventRecord, parseEventRecord } from "./event-record";

/** How many logs are read: those of 256 cameras in a year, say. */
const LOGS_MAX = 100_000;

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

/**
 * Reads one log, line by line, and closes it. Lines that are torn or not valid are skipped.
 * @param done gets what the medium complains of, if it does, and how many lines were skipped
 */
export function scanEventLog(
	file: OpenFile,
	take: (record: EventRecord) => void,
	done: (fault: string | undefined, skipped: number) => void,
): void {
	const read = (bytes: Uint8Array, start: Octets, end: Octets): boolean => {
		const record = parseEventRecord(bytes, start, end);
		if (record !== undefined) take(record);
		return record !== undefined;
	};
	new LineScan(file, EVENT_FILE_MAX, EVENT_RECORD_MAX, read, done);
}
