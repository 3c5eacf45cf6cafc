import { UsageError } from "./usage-error";

/**
 * Reads a file that a setting names.
 * @param read returns its text; `undefined`, or an exception that says why, when it can't be read
 * @param place the setting, for messages
 * @throws {UsageError} for a file that can't be read
 */
export function readNamedFile(path: string, read: (path: string) => string | undefined, place: string): string {
	let text: string | undefined;
	try {
		text = read(path);
	} catch (error) {
		throw new UsageError(`${place}: ${path} can't be read: ${error instanceof Error ? error.message : error}.`);
	}
	if (text === undefined)
		throw new UsageError(`${place}: ${path}: file not found, or in a folder that this program may not read.`);
	return text;
}
