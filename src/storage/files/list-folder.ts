import type { FileDone, FileEntry, FileFailure, FileListSink, Files } from "../../ports/files";

/** Lists a folder, sorted by name. @param max a folder with more entries is a failure: `busy` */
export function listFolder(files: Files, path: string, max: number, done: FileDone<FileEntry[]>): void {
	files.list(path, new Listing(max, false, done));
}

/** Lists a folder, in any order. @param max entries beyond so many are left out */
export function listSome(files: Files, path: string, max: number, done: FileDone<FileEntry[]>): void {
	files.list(path, new Listing(max, true, done));
}

/** The path of an entry in a folder. */
export function inFolder(folder: string, name: string): string {
	return folder === "" ? name : `${folder}/${name}`;
}

/** The folder that a path is in. */
export function folderOf(path: string): string {
	return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

class Listing implements FileListSink {
	private readonly entries: FileEntry[] = [];

	constructor(
		private readonly max: number,
		private readonly mayBePart: boolean,
		private readonly done: FileDone<FileEntry[]>,
	) {}

	entry(entry: FileEntry): boolean {
		if (this.entries.length < this.max) {
			this.entries.push(entry);
			return true;
		}
		if (this.mayBePart) this.listed();
		else this.done({ failure: "busy", detail: `the folder has more than ${this.max} entries` });
		return false;
	}

	listed(): void {
		if (!this.mayBePart) this.entries.sort((a, b) => (a.name < b.name ? -1 : 1));
		this.done({ value: this.entries });
	}

	failed(failure: FileFailure, detail: string): void {
		this.done({ failure, detail });
	}
}
