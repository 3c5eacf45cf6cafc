import Disk, { type DiskFile, type DiskList } from "porthole:disk";
import { detailOf, fileFailureOf } from "../../../src/ports/errno";
import {
	type FileAnswer,
	type FileDone,
	type FileEntry,
	type FileListSink,
	type FileMode,
	type FileSpace,
	type Files,
	isFilePath,
	OPEN_FILES_MAX,
	type OpenFile,
	PATH_OPERATIONS_MAX,
} from "../../../src/ports/files";
import { codeOf } from "./error-code";
import { later } from "./later";
import { LinuxFile } from "./open-file";

const MODES: readonly FileMode[] = Object.freeze(["read", "update", "create", "create-or-update"]);
/** Values of an entry in a listing: name, whether it is a folder, size, date. */
const ENTRY = 4;

/** The files below a folder, read and written by threads (native/class-disk.c). @see Files */
export class LinuxFiles implements Files {
	private readonly disk: Disk;
	private waiting = 0;
	private opened = 0;

	/**
	 * @param root created if it does not exist, with access for its owner only
	 * @throws {Error} when it cannot be made or opened
	 */
	constructor(root: string) {
		this.disk = new Disk({ root });
	}

	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void {
		const closed = (): void => {
			this.opened--;
		};
		if (this.opened >= OPEN_FILES_MAX) {
			later(() => done({ failure: "busy", detail: `${OPEN_FILES_MAX} files are open` }));
			return;
		}
		this.opened++;
		this.ask<OpenFile>(
			[path],
			(answer) => {
				if (answer.failure !== undefined) closed();
				done(answer);
			},
			(operation) => this.disk.open(path, MODES.indexOf(mode), operation),
			(file, size) => new LinuxFile(file as DiskFile, size as number, closed),
		);
	}

	stat(path: string, done: FileDone<FileEntry>): void {
		const name = path.slice(path.lastIndexOf("/") + 1);
		this.ask(
			[path],
			done,
			(operation) => this.disk.stat(path, operation),
			(isFolder, size, modified) => entryOf(name, isFolder, size, modified),
		);
	}

	list(path: string, sink: FileListSink): void {
		const done: FileDone<DiskList> = (answer) => {
			if (answer.failure === undefined) new Listing(answer.value, sink).next();
			else sink.failed(answer.failure, answer.detail);
		};
		this.ask(
			[path],
			done,
			(operation) => this.disk.openList(path, operation),
			(list) => list as DiskList,
		);
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.ask([path], done, (operation) => this.disk.makeFolder(path, operation), nothing);
	}

	rename(from: string, to: string, done: FileDone<undefined>): void {
		this.ask([from, to], done, (operation) => this.disk.rename(from, to, operation), nothing);
	}

	delete(path: string, done: FileDone<undefined>): void {
		this.ask([path], done, (operation) => this.disk.delete(path, operation), nothing);
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.ask([path], done, (operation) => this.disk.syncFolder(path, operation), nothing);
	}

	space(done: FileDone<FileSpace>): void {
		this.ask(
			[],
			done,
			(operation) => this.disk.space(operation),
			(free, total) => ({ free: free as number, total: total as number }),
		);
	}

	/** From an operation: it has ended. */
	ended(): void {
		this.waiting--;
	}

	private ask<Value>(
		paths: readonly string[],
		done: FileDone<Value>,
		start: (operation: PathOperation<Value>) => void,
		toValue: (first: unknown, second: unknown, third: unknown) => Value,
	): void {
		const bad = paths.find((path) => !isFilePath(path));
		if (bad !== undefined) {
			later(() => done({ failure: "denied", detail: `${JSON.stringify(bad)} is not a path` }));
			return;
		}
		if (this.waiting >= PATH_OPERATIONS_MAX) {
			later(() => done({ failure: "busy", detail: `${PATH_OPERATIONS_MAX} operations are waiting` }));
			return;
		}
		this.waiting++;
		const operation = new PathOperation(this, done, toValue);
		try {
			start(operation);
		} catch (error) {
			later(() => operation.ended(codeOf(error)));
		}
	}
}

/** One operation of the disk; the native class calls `ended` once. */
class PathOperation<Value> {
	constructor(
		private readonly files: LinuxFiles,
		private readonly done: FileDone<Value>,
		private readonly toValue: (first: unknown, second: unknown, third: unknown) => Value,
	) {}

	ended(code: string, first?: unknown, second?: unknown, third?: unknown): void {
		this.files.ended();
		let answer: FileAnswer<Value>;
		if (code === "") answer = { value: this.toValue(first, second, third) };
		else answer = { failure: fileFailureOf(code), detail: code };
		this.done(answer);
	}
}

/** Passes a folder's entries to a sink in batches. */
class Listing {
	constructor(
		private readonly list: DiskList,
		private readonly sink: FileListSink,
	) {}

	next(): void {
		try {
			this.list.next(this);
		} catch (error) {
			later(() => this.sink.failed("failed", detailOf(error)));
		}
	}

	ended(code: string, entries?: unknown): void {
		const { sink } = this;
		if (code !== "") {
			this.list.close();
			sink.failed(fileFailureOf(code), code);
			return;
		}
		const values = entries as unknown[];
		for (let i = 0; i < values.length; i += ENTRY) {
			if (sink.entry(entryOf(values[i] as string, values[i + 1], values[i + 2], values[i + 3]))) continue;
			this.list.close();
			return;
		}
		if (values.length > 0) {
			this.next();
			return;
		}
		this.list.close();
		sink.listed();
	}
}

function entryOf(name: string, isFolder: unknown, size: unknown, modified: unknown): FileEntry {
	return {
		name,
		kind: isFolder === true ? "folder" : "file",
		size: size as number,
		modified: modified as number,
	};
}

function nothing(): undefined {
	return undefined;
}
