import files from "porthole:files";
import { Buffer } from "./buffer";

const FILE_MAX = 64 * 1024 * 1024;

/** What our tests use of node:fs. */
export function readFileSync(path: string, encoding?: string): Buffer | string {
	const bytes = Buffer.from(files.read(path, FILE_MAX));
	return encoding === undefined ? bytes : bytes.toString(encoding);
}
