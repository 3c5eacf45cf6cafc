import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { NodeFiles } from "../../hosts/node/files";
import { filesSuite } from "./files-suite";

filesSuite("hosts/node", async () => {
	const root = mkdtempSync(join(tmpdir(), "porthole-files-"));
	return {
		files: new NodeFiles(root),
		link: (target, path) => symlinkSync(target, join(root, path)),
		async run(until, limit) {
			const end = performance.now() + limit;
			while (!until() && performance.now() < end) await pause(1);
		},
		async close() {
			rmSync(root, { recursive: true, force: true });
		},
	};
});
