import type { FileDone, FileEntry, FileFailure, FileListSink, Files } from "../../ports/files";
import { inFolder } from "./list-folder";

/** How many entries of a folder are deleted before it is listed again: folders may have any number. */
const ENTRIES = 1000;

/** Deletes a file, or a folder with all below it. @param done gets what is in the way, after all else was deleted */
export function deleteTree(files: Files, path: string, done: FileDone<undefined>): void {
	files.delete(path, (answer) => {
		if (answer.failure !== "busy" && answer.failure !== "exists") return done(answer);
		const some = new SomeNames((failure, detail) => {
			if (failure !== undefined) return done({ failure, detail });
			const { names } = some;
			const isAll = names.length < ENTRIES;
			deleteAll(files, path, names, 0, (deleted) => {
				// Of a folder from which nothing more can be deleted the rest stays.
				if (isAll || deleted === 0) files.delete(path, done);
				else deleteTree(files, path, done);
			});
		});
		files.list(path, some);
	});
}

function deleteAll(
	files: Files,
	folder: string,
	names: string[],
	deleted: number,
	done: (deleted: number) => void,
): void {
	const name = names.pop();
	if (name === undefined) return done(deleted);
	deleteTree(files, inFolder(folder, name), ({ failure }) =>
		deleteAll(files, folder, names, failure === undefined ? deleted + 1 : deleted, done),
	);
}

/** Collects the names of the first entries of a folder. */
class SomeNames implements FileListSink {
	readonly names: string[] = [];

	constructor(private readonly done: (failure: FileFailure | undefined, detail: string) => void) {}

	entry({ name }: FileEntry): boolean {
		if (this.names.push(name) < ENTRIES) return true;
		this.listed();
		return false;
	}

	listed(): void {
		this.done(undefined, "");
	}

	failed(failure: FileFailure, detail: string): void {
		this.done(failure, detail);
	}
}
