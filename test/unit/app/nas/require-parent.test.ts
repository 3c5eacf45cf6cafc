import assert from "node:assert/strict";
import { requireParent } from "../../../../src/app/nas/require-parent";
import { UsageError } from "../../../../src/settings/usage-error";

describe("app/nas/require-parent", () => {
	const exists = (path: string): boolean => ["/", "/mnt", "/mnt/disk", "."].includes(path);

	for (const path of ["/mnt/disk", "/mnt/disk/", "/mnt/new", "/mnt/new/", "/new", "new", "/"])
		it(`takes ${path}, of which at most the last folder is missing`, () => requireParent(path, exists));

	for (const [path, parent] of [
		["/mnt/dsik/recordings", "/mnt/dsik"],
		["/mnt/disk/a/b/", "/mnt/disk/a"],
		["a/b", "a"],
	] as const)
		it(`refuses ${path}, as ${parent} is missing`, () => {
			assert.throws(
				() => requireParent(path, exists),
				(error) => error instanceof UsageError && error.message.includes(`there is no folder ${parent}.`),
			);
		});
});
