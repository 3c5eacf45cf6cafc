import type { Millis, Octets } from "../../src/core/time";
import {
	FILE_OPERATIONS_MAX,
	type FileDone,
	type FileEntry,
	type FileFailure,
	type FileListSink,
	type FileMode,
	type FileOperation,
	type FileSink,
	type FileSpace,
	type Files,
	isFilePath,
	OPEN_FILES_MAX,
	type OpenFile,
	PATH_OPERATIONS_MAX,
} from "../../src/ports/files";
import { type DiskNode, type DiskOperation, FileNode, FolderNode, type VirtualDisk } from "./virtual-disk";
import type { World } from "./world";

/** The failure of an operation. */
class Failure {
	constructor(
		readonly failure: FileFailure,
		readonly detail: string,
	) {}
}

/** A folder and a name in it. */
interface Place {
	readonly folder: FolderNode;
	readonly name: string;
	/** The file or folder at this place. */
	readonly node: DiskNode | undefined;
}

/** The files of a {@link VirtualDisk}, from power-on to crash. Afterwards nothing happens and nothing is called. */
export class VirtualFiles implements Files {
	/** The number of open files. */
	opened = 0;
	private alive = true;
	private waiting = 0;

	/** @param utc returns the date as the machine knows it */
	constructor(
		private readonly world: World,
		readonly disk: VirtualDisk,
		readonly utc: () => Millis | undefined,
	) {}

	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void {
		this.answer("open", done, () => {
			const place = this.place(path);
			if (place.node instanceof FolderNode) {
				return new Failure(mode === "create" && path !== "" ? "exists" : "denied", `${path} is a folder`);
			}
			if (this.opened >= OPEN_FILES_MAX) return new Failure("busy", `${OPEN_FILES_MAX} files are open`);
			let file = place.node;
			if (file === undefined) {
				if (mode === "read" || mode === "update") return new Failure("not-found", `${path} does not exist`);
				file = new FileNode();
				file.modified = this.utc();
				this.link([{ folder: place.folder, name: place.name, node: file }]);
			} else if (mode === "create") {
				return new Failure("exists", `${path} exists`);
			}
			file.opens++;
			this.opened++;
			return new VirtualFile(this, file, mode !== "read");
		});
	}

	stat(path: string, done: FileDone<FileEntry>): void {
		this.answer("stat", done, () => {
			const { name, node } = this.place(path);
			return node === undefined ? new Failure("not-found", `${path} does not exist`) : entryOf(name, node);
		});
	}

	list(path: string, sink: FileListSink): void {
		const done: FileDone<FileEntry[]> = (answer) => {
			if (answer.failure !== undefined) {
				sink.failed(answer.failure, answer.detail);
				return;
			}
			for (const entry of answer.value) if (!sink.entry(entry)) return;
			sink.listed();
		};
		this.answer("list", done, () => {
			const folder = this.folder(path);
			if (folder instanceof Failure) return folder;
			return [...folder.entries].map(([name, node]) => entryOf(name, node));
		});
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.answer("makeFolder", done, () => {
			const { folder, name, node } = this.place(path);
			if (node !== undefined) return new Failure("exists", `${path} exists`);
			const made = new FolderNode();
			made.modified = this.utc();
			this.link([{ folder, name, node: made }]);
			return undefined;
		});
	}

	rename(from: string, to: string, done: FileDone<undefined>): void {
		this.answer("rename", done, () => {
			if (from === "" || to === "") return new Failure("denied", "the root can't be renamed");
			const source = this.place(from);
			const { node } = source;
			if (node === undefined) return new Failure("not-found", `${from} does not exist`);
			if (to.startsWith(`${from}/`)) return new Failure("denied", "a folder can't be moved into itself");
			const target = this.place(to);
			if (target.node === node) return undefined;
			if (target.node !== undefined && !(target.node instanceof FileNode && node instanceof FileNode)) {
				return new Failure("exists", `${to} exists`);
			}
			this.link([
				{ folder: target.folder, name: target.name, node },
				{ folder: source.folder, name: source.name, node: undefined },
			]);
			return undefined;
		});
	}

	delete(path: string, done: FileDone<undefined>): void {
		this.answer("delete", done, () => {
			if (path === "") return new Failure("denied", "the root can't be deleted");
			const { folder, name, node } = this.place(path);
			if (node === undefined) return new Failure("not-found", `${path} does not exist`);
			if (node instanceof FolderNode && node.entries.size > 0) return new Failure("busy", `${path} is not empty`);
			this.link([{ folder, name, node: undefined }]);
			return undefined;
		});
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.answer("syncFolder", done, () => {
			const folder = this.folder(path);
			if (folder instanceof Failure) return folder;
			this.disk.syncFolder(folder);
			return undefined;
		});
	}

	space(done: FileDone<FileSpace>): void {
		this.answer("space", done, () => this.disk.space);
	}

	/** Calls `run` after the time that an operation takes, unless the power fails before. */
	after(operation: DiskOperation, octets: Octets, run: () => void): void {
		const { delay, syncDelay, rate } = this.disk.settings;
		const sync = operation === "sync" || operation === "syncFolder" ? syncDelay : 0;
		this.world.after(delay + sync + (octets * 1000) / rate, () => {
			if (this.alive) run();
		});
	}

	/** The power fails. */
	stop(): void {
		this.alive = false;
	}

	/** @param operation throws a {@link Failure}, or returns one */
	private answer<Value>(kind: DiskOperation, done: FileDone<Value>, operation: () => Value | Failure): void {
		const busy = this.waiting >= PATH_OPERATIONS_MAX;
		if (!busy) this.waiting++;
		this.after(kind, 0, () => {
			if (busy) {
				done({ failure: "busy", detail: `${PATH_OPERATIONS_MAX} operations wait` });
				return;
			}
			this.waiting--;
			const fault = this.disk.begin(kind);
			const result = fault === undefined ? attempt(operation) : new Failure(fault, "the disk fails");
			if (result instanceof Failure) done({ failure: result.failure, detail: result.detail });
			else done({ value: result });
		});
	}

	private link(changes: Parameters<VirtualDisk["change"]>[0]): void {
		const now = this.utc();
		for (const { folder } of changes) folder.modified = now;
		this.disk.change(changes);
	}

	/** Finds the place of a path. @throws {Failure} when one of its folders is missing */
	private place(path: string): Place {
		if (!isFilePath(path)) throw new Failure("denied", "the path is not valid");
		let folder = this.disk.root;
		if (path === "") return { folder, name: "", node: folder };
		const names = path.split("/");
		for (let i = 0; i < names.length - 1; i++) {
			const node = folder.entries.get(names[i]);
			if (node === undefined) throw new Failure("not-found", `${names[i]} does not exist`);
			if (node instanceof FileNode) throw new Failure("denied", `${names[i]} is not a folder`);
			folder = node;
		}
		const name = names[names.length - 1];
		return { folder, name, node: folder.entries.get(name) };
	}

	private folder(path: string): FolderNode | Failure {
		const { node } = this.place(path);
		if (node === undefined) return new Failure("not-found", `${path} does not exist`);
		return node instanceof FolderNode ? node : new Failure("denied", `${path} is not a folder`);
	}
}

/** An operation in the queue. */
interface Waiting {
	readonly operation: FileOperation;
	/** The offset, or the length for `truncate`; -1 means the end of the file. */
	readonly at: Octets;
	readonly bytes: Uint8Array;
	readonly start: number;
	readonly end: number;
	readonly sink: FileSink | undefined;
}

const NOTHING = new Uint8Array(0);

/**
 * An open file of {@link VirtualFiles}. Operations run one after the other.
 *
 * Buffers are read when their operation ends, so a program that changes one too early writes the wrong octets.
 */
class VirtualFile implements OpenFile {
	private closed = false;
	private readonly waiting: Waiting[] = [];

	constructor(
		private readonly files: VirtualFiles,
		private readonly file: FileNode,
		private readonly writable: boolean,
	) {}

	get size(): Octets {
		let { size } = this.file;
		for (const { operation, at, start, end } of this.waiting) {
			if (!this.writable) continue;
			if (operation === "truncate") size = at;
			else if (operation === "write" && end > start)
				size = at < 0 ? size + end - start : Math.max(size, at + end - start);
		}
		return size;
	}

	read(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.start({ operation: "read", at, bytes, start, end, sink });
	}

	write(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.start({ operation: "write", at, bytes, start, end, sink });
	}

	append(bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		this.start({ operation: "write", at: -1, bytes, start, end, sink });
	}

	truncate(length: Octets, sink: FileSink): void {
		this.start({ operation: "truncate", at: length, bytes: NOTHING, start: 0, end: 0, sink });
	}

	sync(sink: FileSink): void {
		this.start({ operation: "sync", at: 0, bytes: NOTHING, start: 0, end: 0, sink });
	}

	close(sink?: FileSink): void {
		this.start({ operation: "close", at: 0, bytes: NOTHING, start: 0, end: 0, sink });
	}

	private start(wanted: Waiting): void {
		const { operation, sink } = wanted;
		if (this.closed) {
			this.files.after(operation, 0, () => sink?.failed(operation, "denied", "the file is closed"));
			return;
		}
		// A close is always accepted, or the file would stay open.
		if (this.waiting.length >= FILE_OPERATIONS_MAX && operation !== "close") {
			this.files.after(operation, 0, () => sink?.failed(operation, "busy", `${FILE_OPERATIONS_MAX} operations wait`));
			return;
		}
		if (operation === "close") this.closed = true;
		if (this.waiting.push(wanted) === 1) this.next();
	}

	private next(): void {
		const wanted = this.waiting[0];
		this.files.after(wanted.operation, wanted.end - wanted.start, () => {
			const { operation, sink } = wanted;
			const result = attempt(() => this.perform(wanted));
			this.waiting.shift();
			if (operation === "close") {
				this.files.opened--;
				this.files.disk.closed(this.file);
			} else if (this.waiting.length > 0) {
				this.next();
			}
			if (result instanceof Failure) sink?.failed(operation, result.failure, result.detail);
			else sink?.completed(operation, result);
		});
	}

	private perform({ operation, at, bytes, start, end }: Waiting): Octets | Failure {
		const { file, files } = this;
		const { disk } = files;
		const fault = disk.begin(operation);
		if (!this.writable && (operation === "write" || operation === "truncate")) {
			return new Failure("denied", "the file is open for reading only");
		}
		switch (operation) {
			case "read": {
				if (fault !== undefined) return new Failure(fault, "the disk fails");
				const found = file.read(at, end - start);
				bytes.set(found, start);
				return found.length;
			}
			case "write": {
				const to = at < 0 ? file.size : at;
				const what = bytes.subarray(start, end);
				file.modified = files.utc();
				if (fault !== undefined) {
					disk.writePart(file, to, what);
					return new Failure(fault, "the disk fails");
				}
				return disk.write(file, to, what) ? what.length : new Failure("full", "the disk is full");
			}
			case "truncate":
				if (fault !== undefined) return new Failure(fault, "the disk fails");
				file.modified = files.utc();
				return disk.truncate(file, at) ? 0 : new Failure("full", "the disk is full");
			case "sync":
				if (fault === undefined) {
					file.sync();
					return 0;
				}
				disk.failSync(file);
				return new Failure(fault, "the disk fails");
			case "close":
				return fault === undefined ? 0 : new Failure(fault, "the disk fails");
		}
	}
}

/** Does an operation; if it throws a {@link Failure}, that is the result. */
function attempt<Value>(operation: () => Value | Failure): Value | Failure {
	try {
		return operation();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
}

function entryOf(name: string, node: DiskNode): FileEntry {
	const size = node instanceof FileNode ? node.size : 0;
	return Object.freeze({ name, kind: node.kind, size, modified: node.modified });
}
