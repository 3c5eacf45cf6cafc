import type { Octets } from "../../core/time";
import type { FileAnswer, FileDone, FileFailure, FileOperation, FileSink, Files, OpenFile } from "../../ports/files";
import { folderOf } from "./list-folder";

/** Reads a whole file of at most `max` octets; a longer one is `failed`. */
export function readSmallFile(files: Files, path: string, max: Octets, done: FileDone<Uint8Array>): void {
	files.open(path, "read", (answer) => {
		if (answer.failure !== undefined) return done(answer);
		new SmallRead(answer.value, path, max, done);
	});
}

class SmallRead implements FileSink {
	private readonly bytes: Uint8Array;
	private answer: FileAnswer<Uint8Array>;

	constructor(
		file: OpenFile,
		path: string,
		max: Octets,
		private readonly done: FileDone<Uint8Array>,
	) {
		const isLong = file.size > max;
		this.bytes = new Uint8Array(isLong ? 0 : file.size);
		this.answer = { failure: "failed", detail: `${path} is too long: at most ${max} octets are read` };
		if (!isLong) file.read(0, this.bytes, 0, this.bytes.length, this);
		file.close(this);
	}

	completed(operation: FileOperation, count: Octets): void {
		if (operation === "read") this.answer = { value: this.bytes.subarray(0, count) };
		else this.done(this.answer);
	}

	failed(operation: FileOperation, failure: FileFailure, detail: string): void {
		if (operation === "read") this.answer = { failure, detail };
		else this.done(this.answer);
	}
}

/**
 * Writes a whole file, so that after a power cut there is the old content or the new one: into another file, which then takes
 * its name. Folders on the way are made.
 * @param bytes lent until it is done
 */
export function writeSmallFile(files: Files, path: string, bytes: Uint8Array, done: FileDone<undefined>): void {
	const fresh = `${path}.new`;
	const folder = folderOf(path);
	makeFolders(files, folder, (made) => {
		if (made.failure !== undefined) return done(made);
		files.open(fresh, "create-or-update", (answer) => {
			if (answer.failure !== undefined) return done(answer);
			new SmallWrite(answer.value, bytes, (written) => {
				if (written.failure !== undefined) return done(written);
				files.rename(fresh, path, (renamed) => {
					if (renamed.failure !== undefined) return done(renamed);
					files.syncFolder(folder, done);
				});
			});
		});
	});
}

/** Makes a folder and those that it is in, and puts their names on the medium. */
function makeFolders(files: Files, path: string, done: FileDone<undefined>): void {
	if (path === "") return files.syncFolder("", done);
	const above = folderOf(path);
	files.makeFolder(path, (answer) => {
		if (answer.failure === "not-found" && above !== "") {
			makeFolders(files, above, (made) => (made.failure === undefined ? makeFolders(files, path, done) : done(made)));
		} else if (answer.failure !== undefined && answer.failure !== "exists") done(answer);
		else files.syncFolder(above, done);
	});
}

class SmallWrite implements FileSink {
	private answer: FileAnswer<undefined> = { value: undefined };

	constructor(
		file: OpenFile,
		bytes: Uint8Array,
		private readonly done: FileDone<undefined>,
	) {
		file.truncate(0, this);
		file.write(0, bytes, 0, bytes.length, this);
		file.sync(this);
		file.close(this);
	}

	completed(operation: FileOperation): void {
		if (operation === "close") this.done(this.answer);
	}

	failed(operation: FileOperation, failure: FileFailure, detail: string): void {
		if (this.answer.failure === undefined) this.answer = { failure, detail };
		if (operation === "close") this.done(this.answer);
	}
}
