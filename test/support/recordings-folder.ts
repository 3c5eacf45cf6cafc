import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type RecordedSpan, recordingFiles } from "./recordings";

/** Writes what was recorded below a real folder, the root of a store. @returns how many files there are */
export function fillFolder(root: string, spans: readonly RecordedSpan[]): number {
	let count = 0;
	for (const { path, bytes } of recordingFiles(spans)) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), bytes);
		count++;
	}
	return count;
}
