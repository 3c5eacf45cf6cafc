import assert from "node:assert/strict";
import { resolve } from "node:path";
import { checkFile, checkLayers, findCircles, findInternalUses } from "../../../tools/check-layers";

describe("tools/check-layers", () => {
	it("finds no violation in the tree", () => {
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

	it("finds circles between files, also of types alone, each once", () => {
		const files = new Map([
			["src/a/one.ts", 'import type { Two } from "./two";'],
			["src/a/two.ts", 'import { three } from "../b/three";'],
			["src/b/three.ts", 'export { one } from "../a/one";'],
			["src/b/four.ts", 'import { three } from "./three";'],
		]);
		assert.deepEqual(findCircles(files), ["src/a/one.ts -> src/a/two.ts -> src/b/three.ts -> src/a/one.ts"]);
		files.set("src/b/three.ts", "export const three = 3;");
		assert.deepEqual(findCircles(files), []);
	});

	it("finds internal members that other files use", () => {
		const files = new Map([
			["src/a/one.ts", "class One {\n\t/** @internal */\n\treadonly secret = 1;\n\tuse() { return this.secret; }\n}"],
			["src/a/two.ts", "one.secret;"],
			["src/a/three.ts", "one.secretive;"],
		]);
		assert.deepEqual(findInternalUses(files), ["src/a/two.ts: uses secret, which is internal to src/a/one.ts"]);
	});
});
