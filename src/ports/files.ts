import type { Millis, Octets } from "../core/time";

/** Why a file operation failed. */
export type FileFailure =
	/** The file, or a folder on the way to it, does not exist. */
	| "not-found"
	/** Something of that name exists already. */
	| "exists"
	/** The medium has no room left, or the quota is used up. */
	| "full"
	/** The host does not permit it: rights, a read-only medium, a symbolic link, or a path that {@link isFilePath} refuses. */
	| "denied"
	/** Too many files are open, too many operations wait, or a folder to be deleted is not empty. */
	| "busy"
	/** Anything else, such as a medium that fails; the detail says what. */
	| "failed";

/** How an operation ended: with a value, or with a typed failure and a detail for the log. */
export type FileAnswer<Value> =
	| { readonly failure?: undefined; readonly value: Value }
	| { readonly failure: FileFailure; readonly detail: string };

/** Hears once how an operation ended; never called inside the call that started it. */
export type FileDone<Value> = (answer: FileAnswer<Value>) => void;

/** The operations of an {@link OpenFile}, as its sink is told of them. */
export type FileOperation = "read" | "write" | "truncate" | "sync" | "close";

/**
 * Hears how the operations of an open file end, in the order in which they were started; never called inside a call
 * of the file. One sink may serve all operations of a file.
 */
export interface FileSink {
	/** @param count octets read or written; 0 for other operations. Less than asked for only by `read` at the end. */
	completed(operation: FileOperation, count: Octets): void;
	/** After a `write` or `truncate` that failed any part of it may have been done. `detail` is for the log. */
	failed(operation: FileOperation, why: FileFailure, detail: string): void;
}

/** How a file is opened. */
export type FileMode =
	/** An existing file, to be read. */
	| "read"
	/** An existing file, to be read and written. */
	| "update"
	/** A new file, to be read and written; `exists` when it is there. */
	| "create"
	/** A file to be read and written, made when it is not there. */
	| "create-or-update";

/**
 * An open file.
 *
 * Operations are done in the order of the calls, whether or not one before failed. At most {@link FILE_OPERATIONS_MAX}
 * wait; one more fails with `busy`. A buffer is lent until its operation ends: the caller neither changes nor reuses the
 * range meanwhile. What was written can be read at once, and is on the medium only after a `sync`. What is called after
 * `close` fails with `denied`.
 */
export interface OpenFile {
	/** The length as it will be once all operations that were started are done. */
	readonly size: Octets;
	/** Reads from offset `at` into `bytes[start, end)`; fewer octets, or none, at the end of the file. */
	read(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void;
	/** Writes `bytes[start, end)` at offset `at`; a gap before it reads as zeros. */
	write(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void;
	/** Writes `bytes[start, end)` where the file ends when its turn comes; told as `write`. */
	append(bytes: Uint8Array, start: number, end: number, sink: FileSink): void;
	/** Cuts the file, or extends it with zeros, to `length`. */
	truncate(length: Octets, sink: FileSink): void;
	/**
	 * Puts the file's content and length on the medium. The file's *name* is there only after {@link Files.syncFolder}
	 * of its folder. After a failure the content of the medium is unknown, and another `sync` proves nothing.
	 */
	sync(sink: FileSink): void;
	/** Closes the file once the operations before it are done. Does not sync. */
	close(sink?: FileSink): void;
}

/** What is in a folder. */
export interface FileEntry {
	/** The last part of its path; empty for the root. */
	readonly name: string;
	readonly kind: "file" | "folder";
	/** Length of a file; 0 for a folder. */
	readonly size: Octets;
	/** When the content changed last, in milliseconds since 1970; `undefined` where the host does not know the date. */
	readonly modified: Millis | undefined;
}

/** Takes the entries of a folder one after the other, in no order. */
export interface FileListSink {
	/** @returns false to end the listing; nothing more is called then */
	entry(entry: FileEntry): boolean;
	/** That was all. */
	listed(): void;
	failed(why: FileFailure, detail: string): void;
}

/** The room on a medium, in octets. */
export interface FileSpace {
	/** What this program may still write. */
	readonly free: Octets;
	readonly total: Octets;
}

/**
 * The files below one root folder, which no operation leaves.
 *
 * Paths are relative, with slashes: `driveway/2026-11-26/14.mkv`; the empty path is the root itself. {@link isFilePath}
 * says which are possible; others are `denied`. Symbolic links are never followed and never listed. An operation on a
 * folder in place of a file, or the other way round, fails with `denied`.
 *
 * Crash safety is the caller's: a file survives a power cut after `sync` of the file and `syncFolder` of its folder;
 * without them contents may be lost, torn or reordered. A `rename` shows the old or the new state, never a mix.
 */
export interface Files {
	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void;
	stat(path: string, done: FileDone<FileEntry>): void;
	/** Lists a folder; entries that come or go meanwhile may be missing. */
	list(path: string, sink: FileListSink): void;
	makeFolder(path: string, done: FileDone<undefined>): void;
	/**
	 * Renames atomically. A file is replaced by a file; anything else at `to` is `exists`. A folder can't be moved into itself:
	 * `denied`. The root can't be renamed, nor deleted.
	 */
	rename(from: string, to: string, done: FileDone<undefined>): void;
	/** Deletes a file or an empty folder; open files go on. A folder that is not empty is `busy`. */
	delete(path: string, done: FileDone<undefined>): void;
	/** Puts the folder's entries on the medium: files made, renamed into it and deleted from it before this call. */
	syncFolder(path: string, done: FileDone<undefined>): void;
	space(done: FileDone<FileSpace>): void;
}

/** The most operations of one file that wait at a time. */
export const FILE_OPERATIONS_MAX = 16;
/** The most operations of {@link Files} that wait at a time; one more is `busy`. */
export const PATH_OPERATIONS_MAX = 256;
/** The most files that one program has open at a time. */
export const OPEN_FILES_MAX = 512;
/** The longest path, in octets of UTF-8. */
export const FILE_PATH_MAX: Octets = 1024;
/** The longest name in a path, in octets of UTF-8. */
export const FILE_NAME_MAX: Octets = 255;
/** The most names in a path. */
export const FILE_DEPTH_MAX = 32;

/**
 * Whether a path is possible: relative, names between single slashes, none of them `.` or `..`, no control characters
 * and no backslash, within {@link FILE_PATH_MAX}, {@link FILE_NAME_MAX} and {@link FILE_DEPTH_MAX}.
 */
export function isFilePath(path: string): boolean {
	let octets = 0;
	let name = 0;
	let dots = 0;
	let depth = 1;
	if (path === "") return true;
	for (let i = 0; i <= path.length; i++) {
		const code = i < path.length ? path.charCodeAt(i) : 0x2f;
		if (code === 0x2f) {
			if (name === 0 || name > FILE_NAME_MAX || (name === dots && dots <= 2)) return false;
			if (i < path.length && ++depth > FILE_DEPTH_MAX) return false;
			octets += name + 1;
			name = 0;
			dots = 0;
		} else if (code < 0x20 || code === 0x7f || code === 0x5c) {
			return false;
		} else {
			if (code === 0x2e) dots++;
			// A half of a surrogate pair counts as 2: the pair takes 4 octets.
			name += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
		}
	}
	return octets - 1 <= FILE_PATH_MAX;
}

/** What a host without files answers. */
const NO_FILES_DETAIL = "this host keeps no files";

function refuse(done: FileDone<never>): void {
	done({ failure: "denied", detail: NO_FILES_DETAIL });
}

/** The null object of a host that keeps no files: everything is `denied`, inside the call. */
export const NO_FILES: Files = Object.freeze({
	open(_path: string, _mode: FileMode, done: FileDone<OpenFile>): void {
		refuse(done);
	},
	stat(_path: string, done: FileDone<FileEntry>): void {
		refuse(done);
	},
	list(_path: string, sink: FileListSink): void {
		sink.failed("denied", NO_FILES_DETAIL);
	},
	makeFolder(_path: string, done: FileDone<undefined>): void {
		refuse(done);
	},
	rename(_from: string, _to: string, done: FileDone<undefined>): void {
		refuse(done);
	},
	delete(_path: string, done: FileDone<undefined>): void {
		refuse(done);
	},
	syncFolder(_path: string, done: FileDone<undefined>): void {
		refuse(done);
	},
	space(done: FileDone<FileSpace>): void {
		refuse(done);
	},
});
