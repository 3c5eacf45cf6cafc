import type { Octets } from "../../core/time";
import type { FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import { Folders } from "../files/folders";
import type { CameraKey } from "../recording";
import { eventFolder } from "./event-path";

/** How many lines may wait for the medium; the oldest are given up. */
const EVENT_LINES_MAX = 4096;
/** How long the log of one camera and day may become: 50,000 events. */
export const EVENT_FILE_MAX: Octets = 8 * 1024 * 1024;

const LINE_FEED = 10;

/** A line that is not on the medium yet. */
interface Line {
	readonly camera: CameraKey;
	readonly path: string;
	readonly bytes: Uint8Array;
}

/**
 * Appends lines to the logs of events and puts them on the medium, one file at a time, in order.
 *
 * A line that a power cut left torn does not spoil the next one: each append to a log that is not empty begins with a line
 * feed. What fails is tried again with the next line, and at {@link run}.
 */
export class EventAppender implements FileSink {
	/** Lines that were given up because the medium does not keep up, or because the log of the day is full. */
	lost = 0;
	/** What the medium complains of; `undefined`: nothing. */
	trouble: string | undefined;
	private readonly lines: Line[] = [];
	/** The cameras whose folder is on the medium, and the path of the log whose name is: the current one. */
	private readonly named = new Map<CameraKey, string>();
	/** How many of {@link lines} are being written; 0: nothing is. */
	private taken = 0;
	private isBusy = false;
	private fault: string | undefined;
	private readonly folders: Folders;

	constructor(private readonly files: Files) {
		this.folders = new Folders(files);
	}

	/** True: all lines are on the medium. */
	get isIdle(): boolean {
		return this.lines.length === 0;
	}

	/** Appends a line to a file. @param bytes with its line feed; kept until it is written */
	append(camera: CameraKey, path: string, bytes: Uint8Array): void {
		if (this.lines.length >= EVENT_LINES_MAX) {
			// Those that are being written stay, and the first one names the file that is being opened.
			this.lines.splice(Math.max(this.taken, 1), 1);
			this.lost++;
		}
		this.lines.push({ camera, path, bytes });
		this.run();
	}

	/** Writes what waits; harmless when it is already being written. */
	run(): void {
		if (this.isBusy || this.lines.length === 0) return;
		this.isBusy = true;
		const { camera } = this.lines[0];
		if (this.named.has(camera)) this.open();
		else this.makeFolders(camera);
	}

	/** @see FileSink */
	completed(operation: FileOperation): void {
		if (operation === "close") this.closed();
	}

	/** @see FileSink */
	failed(operation: FileOperation, _why: FileFailure, detail: string): void {
		this.fault ??= detail;
		if (operation === "close") this.closed();
	}

	private makeFolders(camera: CameraKey): void {
		this.folders.ensure(eventFolder(camera), (answer) => {
			if (answer.failure !== undefined) return this.giveUp(answer.detail);
			this.named.set(camera, "");
			this.open();
		});
	}

	private open(): void {
		this.files.open(this.lines[0].path, "create-or-update", (answer) => {
			if (answer.failure === undefined) return this.write(answer.value);
			// Somebody may have deleted the folder.
			this.named.delete(this.lines[0].camera);
			this.giveUp(answer.detail);
		});
	}

	/** Writes all lines at the head of the queue that belong to one file. */
	private write(file: OpenFile): void {
		const { lines } = this;
		const { path } = lines[0];
		let octets = 1;
		let count = 0;
		for (; count < lines.length && lines[count].path === path; count++) octets += lines[count].bytes.length;
		this.taken = count;
		this.fault = undefined;
		if (file.size + octets > EVENT_FILE_MAX) {
			this.lost += count;
			return file.close(this);
		}
		const bytes = new Uint8Array(octets);
		let at = 0;
		bytes[at++] = LINE_FEED;
		for (let i = 0; i < count; i++) {
			bytes.set(lines[i].bytes, at);
			at += lines[i].bytes.length;
		}
		file.append(bytes, file.size === 0 ? 1 : 0, at, this);
		file.sync(this);
		file.close(this);
	}

	private closed(): void {
		if (this.fault !== undefined) return this.giveUp(this.fault);
		const { camera, path } = this.lines[0];
		if (this.named.get(camera) === path) return this.finish();
		this.files.syncFolder(eventFolder(camera), (answer) => {
			if (answer.failure !== undefined) return this.giveUp(answer.detail);
			this.named.set(camera, path);
			this.finish();
		});
	}

	private finish(): void {
		this.lines.splice(0, this.taken);
		this.taken = 0;
		this.trouble = undefined;
		this.isBusy = false;
		this.run();
	}

	private giveUp(detail: string): void {
		this.taken = 0;
		this.trouble = detail;
		this.isBusy = false;
	}
}
