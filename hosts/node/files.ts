import { constants, realpathSync, type Stats } from "node:fs";
import { lstat, mkdir, open, opendir, rename, rmdir, statfs, unlink } from "node:fs/promises";
import { join } from "node:path";
import { detailOf, fileFailureOf } from "../../src/ports/errno";
import {
	type FileAnswer,
	type FileDone,
	type FileEntry,
	type FileFailure,
	type FileListSink,
	type FileMode,
	type FileSpace,
	type Files,
	isFilePath,
	OPEN_FILES_MAX,
	type OpenFile,
	PATH_OPERATIONS_MAX,
} from "../../src/ports/files";
import { codeOf } from "./error-code";
import { makeFolder } from "./make-folder";
import { NodeFile } from "./open-file";

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_DIRECTORY } = constants;
/** Neither follows links nor waits for the other end of a pipe. Windows has no such flags. */
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const FLAGS: Readonly<Record<FileMode, number>> = Object.freeze({
	read: O_RDONLY,
	update: O_RDWR,
	create: O_RDWR | O_CREAT | O_EXCL,
	"create-or-update": O_RDWR | O_CREAT,
});
/** How many entries of a folder are read at once. */
const LIST_BATCH = 64;

/** A failure that is not an error of Node itself. */
class FileError extends Error {
	constructor(
		readonly failure: FileFailure,
		detail: string,
	) {
		super(detail);
	}
}

/**
 * The files below a folder, on `node:fs`. @see Files
 *
 * The folders of a path are checked before the file is opened. Another program that can write below the root could replace one
 * by a link in between, so only this program should have access to the root.
 */
export class NodeFiles implements Files {
	private readonly root: string;
	private waiting = 0;
	private opened = 0;

	/**
	 * @param root is created if needed, for its owner only
	 * @throws {Error} when it can't be created
	 */
	constructor(root: string) {
		makeFolder(root);
		this.root = realpathSync(root);
	}

	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void {
		this.answer(done, async () => {
			if (this.opened >= OPEN_FILES_MAX) throw new FileError("busy", `${OPEN_FILES_MAX} files are open`);
			this.opened++;
			try {
				const handle = await open(await this.locate(path), FLAGS[mode] | SAFELY, 0o600);
				try {
					const stats = await handle.stat();
					if (!stats.isFile()) throw new FileError("denied", `${path} is not a file`);
					return new NodeFile(handle, stats.size, () => this.opened--);
				} catch (error) {
					await handle.close();
					throw error;
				}
			} catch (error) {
				this.opened--;
				throw error;
			}
		});
	}

	stat(path: string, done: FileDone<FileEntry>): void {
		this.answer(done, async () => entryOf(path, await this.look(path)));
	}

	list(path: string, sink: FileListSink): void {
		let going = true;
		this.finish(
			(answer) => {
				if (answer.failure !== undefined) sink.failed(answer.failure, answer.detail);
				else if (going) sink.listed();
			},
			async () => {
				const at = await this.folder(path);
				const folder = await opendir(at);
				try {
					let names: string[] = [];
					const flush = async () => {
						const entries = await Promise.all(names.map((name) => listed(at, name)));
						names = [];
						await outside(() => {
							for (const entry of entries) if (going && entry !== undefined) going = sink.entry(entry);
						});
					};
					for (let entry = await folder.read(); entry !== null && going; entry = await folder.read()) {
						if (isFilePath(entry.name) && names.push(entry.name) >= LIST_BATCH) await flush();
					}
					if (going) await flush();
				} finally {
					await folder.close();
				}
			},
		);
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.finish(done, async () => {
			await mkdir(await this.locate(path), { mode: 0o700 });
		});
	}

	rename(from: string, to: string, done: FileDone<undefined>): void {
		this.finish(done, async () => {
			if (from === "" || to === "") throw new FileError("denied", "the root can't be renamed");
			const source = await this.look(from);
			const target = await this.look(to).catch((error) => {
				if (codeOf(error) !== "ENOENT") throw error;
			});
			if (target !== undefined && from !== to && !(target.isFile() && source.isFile())) {
				throw new FileError("exists", `${to} exists`);
			}
			await rename(join(this.root, from), await this.locate(to));
		});
	}

	delete(path: string, done: FileDone<undefined>): void {
		this.finish(done, async () => {
			if (path === "") throw new FileError("denied", "the root can't be deleted");
			const at = await this.locate(path);
			await ((await this.look(path)).isFile() ? unlink(at) : rmdir(at));
		});
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.finish(done, async () => {
			const handle = await open(await this.folder(path), O_RDONLY | O_DIRECTORY | SAFELY);
			try {
				await handle.sync();
			} finally {
				await handle.close();
			}
		});
	}

	space(done: FileDone<FileSpace>): void {
		this.answer(done, async () => {
			const { bsize, bavail, blocks } = await statfs(this.root);
			return { free: bavail * bsize, total: blocks * bsize };
		});
	}

	private finish(done: FileDone<undefined>, operation: () => Promise<void>): void {
		this.answer(done, async () => {
			await operation();
			return undefined;
		});
	}

	/** Does an operation and reports its result. Exceptions of `done` are not caught. */
	private answer<Value>(done: FileDone<Value>, operation: () => Promise<Value>): void {
		if (this.waiting >= PATH_OPERATIONS_MAX) {
			process.nextTick(done, { failure: "busy", detail: `${PATH_OPERATIONS_MAX} operations wait` });
			return;
		}
		this.waiting++;
		const answered = (answer: FileAnswer<Value>) => {
			this.waiting--;
			process.nextTick(done, answer);
		};
		operation().then(
			(value) => answered({ value }),
			(error) => answered(failureOf(error)),
		);
	}

	/** Returns the place of a path after checking that all its folders are folders. */
	private async locate(path: string): Promise<string> {
		if (!isFilePath(path)) throw new FileError("denied", "the path is not valid");
		for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
			const folder = path.slice(0, slash);
			if (!(await lstat(join(this.root, folder))).isDirectory())
				throw new FileError("denied", `${folder} is not a folder`);
		}
		return join(this.root, path);
	}

	/** Reads what is at a path: a file or a folder. */
	private async look(path: string): Promise<Stats> {
		const stats = await lstat(await this.locate(path));
		if (!stats.isFile() && !stats.isDirectory())
			throw new FileError("denied", `${path} is neither a file nor a folder`);
		return stats;
	}

	private async folder(path: string): Promise<string> {
		if (!(await this.look(path)).isDirectory()) throw new FileError("denied", `${path} is not a folder`);
		return join(this.root, path);
	}
}

/** Calls out of the promises, so that an exception of a sink is not taken for a failed operation. */
function outside(call: () => void): Promise<void> {
	return new Promise((done) => {
		process.nextTick(() => {
			call();
			done();
		});
	});
}

/** Returns an entry of a folder; `undefined` when it has gone, or is neither a file nor a folder. */
async function listed(folder: string, name: string): Promise<FileEntry | undefined> {
	try {
		const stats = await lstat(join(folder, name));
		return stats.isFile() || stats.isDirectory() ? entryOf(name, stats) : undefined;
	} catch (error) {
		if (codeOf(error) === "ENOENT") return undefined;
		throw error;
	}
}

function entryOf(path: string, stats: Stats): FileEntry {
	const isFile = stats.isFile();
	return Object.freeze({
		name: path.slice(path.lastIndexOf("/") + 1),
		kind: isFile ? "file" : "folder",
		size: isFile ? stats.size : 0,
		modified: Math.floor(stats.mtimeMs),
	});
}

function failureOf(error: unknown): { readonly failure: FileFailure; readonly detail: string } {
	const failure = error instanceof FileError ? error.failure : fileFailureOf(codeOf(error));
	return { failure, detail: detailOf(error) };
}
