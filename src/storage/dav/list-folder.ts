import type { FileAnswer, FileEntry, FileFailure, FileListSink, Files } from "../../ports/files";

/** Collects the entries of a folder, sorted by name. @param max a folder with more entries is a failure: `busy` */
export function listFolder(
	files: Files,
	path: string,
	max: number,
	done: (answer: FileAnswer<FileEntry[]>) => void,
): void {
	files.list(path, new Listing(max, done));
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
		private readonly done: (answer: FileAnswer<FileEntry[]>) => void,
	) {}

	entry(entry: FileEntry): boolean {
		if (this.entries.push(entry) <= this.max) return true;
		this.done({ failure: "busy", detail: `the folder has more than ${this.max} entries` });
		return false;
	}

	listed(): void {
		this.done({ value: this.entries.sort((a, b) => (a.name < b.name ? -1 : 1)) });
	}

	failed(failure: FileFailure, detail: string): void {
		this.done({ failure, detail });
	}
}
