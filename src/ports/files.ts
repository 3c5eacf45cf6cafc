import type { Millis, Octets } from "../core/time";

/** Why a file operation failed. */
export type FileFailure =
	/** The file, or a folder on the way to it, does not exist. */
	| "not-found"
	/** Something of that name exists already. */
	| "exists"
	/** The medium has no room left, or the quota is used up. */
	| "full"
	/** The host does not allow it: permissions, a read-only medium, a symbolic link, or a path that {@link isFilePath} refuses. */
	| "denied"
	/** Too many files are open, too many operations wait, or a folder to be deleted is not empty. */
	| "busy"
	/** Anything else, such as a medium that fails; the detail says what. */
	| "failed";

/** How an operation ended: with a value, or with a typed failure and a detail for the log. */
export type FileAnswer<Value> =
	| { readonly failure?: undefined; readonly value: Value }
	| { readonly failure: FileFailure; readonly detail: string };

/** Called once, when an operation has ended; never during the call that started it. */
export type FileDone<Value> = (answer: FileAnswer<Value>) => void;

/** The operations of an {@link OpenFile}, as its sink is told about them. */
export type FileOperation = "read" | "write" | "truncate" | "sync" | "close";

/**
 * Learns how the operations of an open file end, in the order in which they were started. Never called during a call to
 * the file. One sink may serve all operations of a file.
 */
export interface FileSink {
	/** @param count octets read or written; 0 for other operations. Only a `read` at the end of the file returns less than asked. */
	completed(operation: FileOperation, count: Octets): void;
	/** Any part of a failed `write` or `truncate` may have been done. `detail` is for the log. */
	failed(operation: FileOperation, why: FileFailure, detail: string): void;
}

/** How a file is opened. */
export type FileMode =
	/** Opens an existing file for reading. */
	| "read"
	/** Opens an existing file for reading and writing. */
	| "update"
	/** Makes a file for reading and writing; fails with `exists` if there is one. */
	| "create"
	/** Opens a file for reading and writing, and makes it if there is none. */
	| "create-or-update";

/**
 * An open file.
 *
 * Operations are done in the order of the calls, even after one has failed. At most {@link FILE_OPERATIONS_MAX} may wait; one
 * more fails with `busy`. A buffer is lent until its operation ends: the caller neither changes nor reuses the range until
 * then. What was written can be read at once, but is on the medium only after a `sync`. Calls after `close` fail with
 * `denied`.
 */
export interface OpenFile {
	/** The length after all operations that were started. */
	readonly size: Octets;
	/** Reads from offset `at` into `bytes[start, end)`; fewer octets, or none, at the end of the file. */
	read(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void;
	/** Writes `bytes[start, end)` at offset `at`; a gap before it reads as zeros. */
	write(at: Octets, bytes: Uint8Array, start: number, end: number, sink: FileSink): void;
	/** Writes `bytes[start, end)` at the end of the file; the sink is told `write`. */
	append(bytes: Uint8Array, start: number, end: number, sink: FileSink): void;
	/** Cuts the file to `length`, or extends it with zeros. */
	truncate(length: Octets, sink: FileSink): void;
	/**
	 * Puts the file's content and length on the medium. The file's *name* is there only after {@link Files.syncFolder}
	 * of its folder. After a failed `sync` the content of the medium is unknown, and a later one proves nothing.
	 */
	sync(sink: FileSink): void;
	/** Closes the file after the operations before it. It does not sync. */
	close(sink?: FileSink): void;
}

/** An entry of a folder. */
export interface FileEntry {
	/** The last part of its path; empty for the root. */
	readonly name: string;
	readonly kind: "file" | "folder";
	/** Length of a file; 0 for a folder. */
	readonly size: Octets;
	/** When the content last changed, in milliseconds since 1970; `undefined` where the host does not know the date. */
	readonly modified: Millis | undefined;
}

/** Takes the entries of a folder one by one, in no particular order. */
export interface FileListSink {
	/** @returns false to stop: nothing more is called then */
	entry(entry: FileEntry): boolean;
	/** All entries were listed. */
	listed(): void;
	failed(why: FileFailure, detail: string): void;
}

/** The space on a medium, in octets. */
export interface FileSpace {
	/** The octets that this program can still write. */
	readonly free: Octets;
	readonly total: Octets;
}

/**
 * The files below one root folder. No operation reaches outside of it.
 *
 * Paths are relative and use slashes: `driveway/2026-11-26/14.mkv`. The empty path is the root itself. {@link isFilePath}
 * tells which paths are valid; others are `denied`. Symbolic links are neither followed nor listed. A file operation on a
 * folder fails with `denied`, and so does a folder operation on a file.
 *
 * Crash safety is the caller's task. A file survives a power cut after `sync` of the file and `syncFolder` of its folder;
 * without them its content may be lost, torn or reordered. A `rename` leaves the old or the new state, never a mix.
 */
export interface Files {
	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void;
	stat(path: string, done: FileDone<FileEntry>): void;
	/** Lists a folder; entries that are added or removed during the call may be missing. */
	list(path: string, sink: FileListSink): void;
	makeFolder(path: string, done: FileDone<undefined>): void;
	/**
	 * Renames atomically. A file replaces a file; anything else at `to` fails with `exists`. Moving a folder into itself and
	 * renaming the root are `denied`.
	 */
	rename(from: string, to: string, done: FileDone<undefined>): void;
	/** Deletes a file or an empty folder; open handles keep working. A folder that is not empty is `busy`, the root is `denied`. */
	delete(path: string, done: FileDone<undefined>): void;
	/** Puts the folder's entries on the medium: all that were made, renamed or deleted before this call. */
	syncFolder(path: string, done: FileDone<undefined>): void;
	space(done: FileDone<FileSpace>): void;
}

/** How many operations of one file may wait. */
export const FILE_OPERATIONS_MAX = 16;
/** How many operations of {@link Files} may wait; one more is `busy`. */
export const PATH_OPERATIONS_MAX = 256;
/** How many files one program may have open. */
export const OPEN_FILES_MAX = 512;
/** The longest path, in octets of UTF-8. */
export const FILE_PATH_MAX: Octets = 1024;
/** The longest name in a path, in octets of UTF-8. */
export const FILE_NAME_MAX: Octets = 255;
/** How many names a path may have. */
export const FILE_DEPTH_MAX = 32;

/**
 * Tells whether a path is valid: relative, names separated by single slashes, no name `.` or `..`, no control characters and
 * no backslashes, within {@link FILE_PATH_MAX}, {@link FILE_NAME_MAX} and {@link FILE_DEPTH_MAX}.
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
			name += octetsOf(code);
		}
	}
	return octets - 1 <= FILE_PATH_MAX;
}

/** The octets of a character in UTF-8. Half a surrogate pair counts as 2; XS has whole characters in place of pairs. */
function octetsOf(code: number): Octets {
	if (code < 0x80) return 1;
	if (code < 0x800 || (code >= 0xd800 && code < 0xe000)) return 2;
	return code < 0x10000 ? 3 : 4;
}

const NO_FILES_DETAIL = "this host has no file storage";

function refuse(done: FileDone<never>): void {
	done({ failure: "denied", detail: NO_FILES_DETAIL });
}

/** The null object of a host without files: everything is `denied`, during the call. */
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
