import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TYPESCRIPT } from "../../../tools/typescript-options";

describe("tools/typescript", () => {
	const folder = mkdtempSync(join(tmpdir(), "porthole-typescript-"));
	const file = join(folder, "main.ts");
	const kept = join(resolve(__dirname, "../../../build/typescript"), folder);

	after(() => {
		rmSync(folder, { recursive: true });
		rmSync(kept, { recursive: true, force: true });
	});

	function run(text: string): { out: string; errors: string } {
		writeFileSync(file, text);
		const { stdout, stderr } = spawnSync(process.execPath, [...TYPESCRIPT, file], { encoding: "utf8" });
		return { out: stdout, errors: stderr };
	}

	it("runs a file, runs what it kept the next time, and compiles a file that has changed", () => {
		const text = 'interface None {}\nconst word: string = "first";\nconsole.log(word);\n';
		assert.equal(run(text).out, "first\n");
		const path = join(kept, "main.ts.js");
		assert.ok(existsSync(path));
		writeFileSync(path, readFileSync(path, "utf8").replace('"first"', '"kept"'));
		assert.equal(run(text).out, "kept\n");
		assert.equal(run(text.replace("first", "second")).out, "second\n");
	});

	it("does not run what another wrote in its place, or only the beginning of it", () => {
		const text = 'console.log("whole");\n';
		run(text);
		const path = join(kept, "main.ts.js");
		const whole = readFileSync(path, "utf8");
		for (const wrong of ["", whole.slice(0, 30), 'console.log("wrong");\n']) {
			writeFileSync(path, wrong);
			assert.equal(run(text).out, "whole\n");
		}
	});

	it("names the lines of the source in errors, compiled or kept, and refuses what is no TypeScript", () => {
		const text = 'interface None {\n\ta: number;\n}\nthrow new Error("at line four");\n';
		for (const { errors } of [run(text), run(text)]) assert.match(errors, /main\.ts:4:7/);
		assert.match(run("const a: = 1;").errors, /Unable to compile TypeScript:\n.*main\.ts\(1,10\)/);
	});
});
