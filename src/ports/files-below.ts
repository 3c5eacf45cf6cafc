import type { FileDone, FileEntry, FileListSink, FileMode, FileSpace, Files, OpenFile } from "./files";

/** The files below one folder of other files, with that folder as their root. */
export class FilesBelow implements Files {
	/** @param folder path of the folder, which need not exist yet */
	constructor(
		private readonly files: Files,
		private readonly folder: string,
	) {}

	open(path: string, mode: FileMode, done: FileDone<OpenFile>): void {
		this.files.open(this.at(path), mode, done);
	}

	stat(path: string, done: FileDone<FileEntry>): void {
		this.files.stat(this.at(path), done);
	}

	list(path: string, sink: FileListSink): void {
		this.files.list(this.at(path), sink);
	}

	makeFolder(path: string, done: FileDone<undefined>): void {
		this.files.makeFolder(this.at(path), done);
	}

	rename(from: string, to: string, done: FileDone<undefined>): void {
		this.files.rename(this.named(from), this.at(to), done);
	}

	delete(path: string, done: FileDone<undefined>): void {
		this.files.delete(this.named(path), done);
	}

	syncFolder(path: string, done: FileDone<undefined>): void {
		this.files.syncFolder(this.at(path), done);
	}

	space(done: FileDone<FileSpace>): void {
		this.files.space(done);
	}

	private at(path: string): string {
		return path === "" ? this.folder : `${this.folder}/${path}`;
	}

	/** The root can be neither renamed nor deleted, so it stays the empty path, which is denied. */
	private named(path: string): string {
		return path === "" ? "" : this.at(path);
	}
}
