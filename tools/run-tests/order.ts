import { statSync } from "node:fs";
import { join, resolve } from "node:path";

const TOP = resolve(__dirname, "../..");
/** Where nothing was measured yet: folders with long tests first, then large files first. */
const FOLDERS = ["test/xs", "test/simulation", "test/lab", "test/conformance", "test/unit/hosts"];
/** Octets of a file that has no tests of its own. */
const SHORT = 200;
/** Among measured files, a new one is taken for one of the longer ones, in milliseconds. */
const NEW_FILE = 120_000;

/**
 * Sorts test files so that the long ones begin first and none of them runs alone at the end: by the time that they took last,
 * by a guess where they are new. A new file comes early, as it may be long, but after those that take minutes.
 * @param files relative to the root of the repository
 * @param times how long files took last, in milliseconds
 */
export function orderOf(files: readonly string[], times: Readonly<Record<string, number>>): string[] {
	const guess = (file: string): number => {
		const folder = FOLDERS.findIndex((name) => file.startsWith(name));
		const { size } = statSync(join(TOP, file));
		// A very short file runs a suite that stands elsewhere.
		return (folder < 0 ? 0 : FOLDERS.length - folder) * 1e6 + (size < SHORT ? 1e6 - 1 : size);
	};
	const measured = files.some((file) => times[file] !== undefined);
	const weight = (file: string): number => times[file] ?? (measured ? NEW_FILE : guess(file));
	return [...files].sort((a, b) => weight(b) - weight(a) || guess(b) - guess(a));
}
