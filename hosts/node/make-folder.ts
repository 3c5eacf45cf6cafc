import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "./error-code";

/**
 * Creates a folder, for its owner only, and those above it; does nothing when it exists. Node's own `recursive` never returns
 * where nothing can be created, such as below /proc.
 * @throws {Error} when it can't be created
 */
export function makeFolder(folder: string): void {
	try {
		mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		const above = dirname(folder);
		if (codeOf(error) === "ENOENT" && above !== folder) {
			makeFolder(above);
			mkdirSync(folder, { mode: 0o700 });
		} else if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
	}
}
