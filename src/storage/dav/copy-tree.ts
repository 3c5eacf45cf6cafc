import type { Octets } from "../../core/time";
import type { FileAnswer, FileDone, FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import { inFolder, listFolder } from "../files/list-folder";

/** Octets that are copied at a time. */
const STEP: Octets = 131_072;
/** The most files and folders of one copy. */
const ENTRIES_MAX = 10_000;

/** What is told while something is copied. */
export interface CopyListener {
	/** So many octets more were copied. @returns false to stop with `full` */
	copied(octets: Octets): boolean;
}

/**
 * Copies a file, or a folder with all below it, to a path at which there is nothing. What was copied is on the medium at
 * the end, apart from the name of the copy itself. After a failure a part may be left.
 */
export class TreeCopy {
	/** What is still to be copied: pairs of paths. */
	private readonly rest: [from: string, to: string, kind: "file" | "folder"][] = [];
	private readonly folders: string[] = [];
	private seen = 0;

	/** @param withMembers false: of a folder only itself */
	constructor(
		private readonly files: Files,
		from: string,
		to: string,
		kind: "file" | "folder",
		private readonly withMembers: boolean,
		private readonly listener: CopyListener,
		private readonly done: FileDone<undefined>,
	) {
		this.rest.push([from, to, kind]);
		this.next();
	}

	private next(): void {
		const item = this.rest.pop();
		if (item === undefined) return this.syncFolders();
		const [from, to, kind] = item;
		if (kind === "file") new FileCopy(this.files, from, to, this.listener, (answer) => this.went(answer));
		else this.folder(from, to);
	}

	private folder(from: string, to: string): void {
		const { files, rest } = this;
		files.makeFolder(to, (made) => {
			if (made.failure !== undefined) return this.done(made);
			this.folders.push(to);
			if (!this.withMembers) return this.next();
			listFolder(files, from, ENTRIES_MAX, (listed) => {
				if (listed.failure !== undefined) return this.done(listed);
				this.seen += listed.value.length;
				if (this.seen > ENTRIES_MAX)
					return this.done({ failure: "busy", detail: `more than ${ENTRIES_MAX} files and folders` });
				for (const { name, kind } of listed.value) rest.push([inFolder(from, name), inFolder(to, name), kind]);
				this.next();
			});
		});
	}

	private syncFolders(): void {
		const folder = this.folders.pop();
		if (folder === undefined) return this.done({ value: undefined });
		this.files.syncFolder(folder, (answer) => {
			if (answer.failure !== undefined) this.done(answer);
			else this.syncFolders();
		});
	}

	private went(answer: FileAnswer<undefined>): void {
		if (answer.failure !== undefined) this.done(answer);
		else this.next();
	}
}

/** Copies one file. */
class FileCopy implements FileSink {
	private readonly bytes = new Uint8Array(STEP);
	private source: OpenFile | undefined;
	private target: OpenFile | undefined;
	private at: Octets = 0;
	private fault: FileAnswer<undefined> = { value: undefined };

	constructor(
		files: Files,
		from: string,
		to: string,
		private readonly listener: CopyListener,
		private readonly done: FileDone<undefined>,
	) {
		files.open(from, "read", (answer) => {
			if (answer.failure !== undefined) return done(answer);
			const source = answer.value;
			files.open(to, "create", (created) => {
				if (created.failure !== undefined) {
					source.close();
					return done(created);
				}
				this.source = source;
				this.target = created.value;
				this.read();
			});
		});
	}

	completed(operation: FileOperation, count: Octets): void {
		if (operation === "read" && count > 0) {
			if (this.listener.copied(count)) this.target?.write(this.at, this.bytes, 0, count, this);
			else this.end("full", "there is no room for the copy");
			this.at += count;
		} else if (operation === "read") this.target?.sync(this);
		else if (operation === "write") this.read();
		else if (operation === "sync") this.end();
		else if (operation === "close") this.done(this.fault);
	}

	failed(operation: FileOperation, why: FileFailure, detail: string): void {
		if (operation === "close") this.done({ failure: why, detail });
		else this.end(why, detail);
	}

	private read(): void {
		this.source?.read(this.at, this.bytes, 0, STEP, this);
	}

	private end(failure?: FileFailure, detail = ""): void {
		if (failure !== undefined) this.fault = { failure, detail };
		this.source?.close();
		this.target?.close(this);
	}
}
