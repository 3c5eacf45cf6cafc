import type { FileDone, Files } from "../../ports/files";
import { inFolder, listFolder } from "./list-folder";

/** The most entries of one folder that are listed at once; a larger folder is gone through several times. */
const ENTRIES_MAX = 100_000;

/** Deletes a file, or a folder with all below it. @param done gets the first failure, after all else was deleted */
export function deleteTree(files: Files, path: string, done: FileDone<undefined>): void {
	files.delete(path, (answer) => {
		if (answer.failure === undefined) return done(answer);
		if (answer.failure !== "busy" && answer.failure !== "exists") return done(answer);
		listFolder(files, path, ENTRIES_MAX, (listed) => {
			if (listed.failure !== undefined) return done(listed);
			deleteAll(
				files,
				listed.value.map(({ name }) => inFolder(path, name)),
				() => files.delete(path, done),
			);
		});
	});
}

function deleteAll(files: Files, paths: string[], done: () => void): void {
	const path = paths.pop();
	if (path === undefined) done();
	else deleteTree(files, path, () => deleteAll(files, paths, done));
}
