import assert from "node:assert/strict";
import { resolve } from "node:path";
import { checkFile, checkLayers } from "../../../tools/check-layers";

describe("tools/check-layers", () => {
	it("finds the tree in order", () => {
		assert.deepEqual(checkLayers(resolve(__dirname, "../../..")), []);
	});

	const cases: [string, string, string, boolean][] = [
		["core may use base", "src/core/x.ts", 'import { a } from "../base/a";', true],
		["base may not use core", "src/base/x.ts", 'import type { a } from "../core/a";', false],
		["features do not meet", "src/web/x.ts", 'import { a } from "../camera/a";', false],
		["features see the interfaces of ports", "src/web/x.ts", 'import { a } from "../ports/net";', true],
		["the app sees all of src", "src/app/x.ts", 'import { a } from "../camera/a";', true],
		["src names no module of a host", "src/app/x.ts", 'import { a } from "node:fs";', false],
		["nor by export", "src/app/x.ts", 'export { a } from "node:fs";', false],
		["nor by require", "src/app/x.ts", 'const a = require("fs");', false],
		["the virtual host stays free of Node", "hosts/virtual/x.ts", 'import { a } from "node:fs";', false],
		["node may use npm packages", "hosts/node/x.ts", 'import sharp from "sharp";', true],
		["node and linux never meet", "hosts/node/x.ts", 'import { a } from "../linux/a";', false],
		["imports over several lines count", "src/base/x.ts", 'import {\n\ta,\n} from "../core/a";', false],
	];
	for (const [title, path, text, fine] of cases) {
		it(title, () => assert.equal(checkFile(path, text).length === 0, fine));
	}
});
