import assert from "node:assert/strict";
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Script } from "node:vm";
import sharp from "sharp";
import { fromBase64 } from "../../../src/base/base64";
import { ICON_PNG } from "../../../src/web/icon-png";
import { SCRIPT } from "../../../src/web/page-script";
import { ICON_SIDE } from "../../../tools/icons";
import { servedScripts, shortenScripts } from "../../../tools/shorten-scripts";

const TOP = resolve(__dirname, "../../..");

describe("tools/shorten-scripts", () => {
	for (const kind of ["CommonJS", "ES"] as const) {
		it(`writes the pages' script without comments into a compiled program of ${kind} modules, once`, () => {
			const folder = mkdtempSync(join(tmpdir(), "porthole-scripts-"));
			try {
				const path = join(folder, "src/web/page-script.js");
				mkdirSync(join(folder, "src/web"), { recursive: true });
				writeFileSync(path, "");
				shortenScripts(folder, kind);
				const code = readFileSync(path, "utf8");
				const [, literal] = /(?:exports\.|const )SCRIPT = (".*");\n$/.exec(code) ?? [];
				const short: string = JSON.parse(literal);
				assert.ok(short.length < SCRIPT.length * 0.75, `${short.length} of ${SCRIPT.length}`);
				assert.match(short, /^"use strict";/);
				assert.doesNotMatch(short, /^\s*\/\//m);
				// Other scripts of a page use what this one declares.
				assert.match(short, /\bfind=/);
				new Script(short);
				utimesSync(path, 1000, 1000);
				shortenScripts(folder, kind);
				assert.equal(statSync(path).mtimeMs, 1_000_000);
			} finally {
				rmSync(folder, { recursive: true });
			}
		});
	}
});

describe("tools/shorten-scripts: all scripts", () => {
	it("finds each script that a part serves or a page contains, and leaves nothing out", () => {
		const sources = readdirSync(join(TOP, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
			name.endsWith(".ts"),
		);
		const served = new Set(["LOGIN_SCRIPT"]);
		for (const name of sources)
			for (const [, script] of readFileSync(join(TOP, "src", name), "utf8").matchAll(
				/\b(?:scriptFile\([^,]+|StaticText\("text\/javascript[^"]*"), (\w+)[,)]/g,
			))
				served.add(script);
		assert.ok(served.size > 6, [...served].join(" "));
		assert.deepEqual(
			servedScripts()
				.map(([, name]) => name)
				.sort(),
			[...served].filter((name) => name !== "text").sort(),
		);
	});

	for (const [module, name, text] of servedScripts())
		it(`finds ${name} in ${module}, which can be parsed`, () => void new Script(text));
});

describe("tools/icons", () => {
	it("has drawn the icon that home screens show, in less than 2 kB", async () => {
		const png = fromBase64(ICON_PNG);
		assert.ok(png !== undefined && png.length < 2000);
		const { width, height, format } = await sharp(png).metadata();
		assert.deepEqual([width, height, format], [ICON_SIDE, ICON_SIDE, "png"]);
	});
});
