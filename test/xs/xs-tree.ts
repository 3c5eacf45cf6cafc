import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { compile, OUT } from "../../tools/build-linux";
import type { Outcome } from "./runner";

const TOP = resolve(__dirname, "../..");
/** Where the tests for XS lie as JavaScript. */
export const TREE = join(OUT, "test-js");

/** Compiles the tests that XS runs; their types are checked with those of all other tests. */
export function prepareTree(): void {
	compile("test/xs", TREE, ["--noCheck"]);
	placeShims();
}

/** Runs one test file inside XS. @param module its path without extension */
export function runInXs(program: string, module: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
	return new Promise((done, failed) => {
		const argv = [TREE, "test/xs/main", TOP, module];
		execFile(program, argv, { env, maxBuffer: 1 << 24, timeout: 880_000 }, (error, out, errors) => {
			const last = out.trimEnd().split("\n").at(-1) ?? "";
			if (error !== null || !last.startsWith("{")) failed(new Error(`${error?.message}\n${out}\n${errors}`));
			else done(JSON.parse(last));
		});
	});
}

/** Puts modules with the names that tests import from Node.js before our few replacements of them. */
function placeShims(): void {
	const shims: Record<string, string> = JSON.parse(readFileSync(join(__dirname, "shims.json"), "utf8"));
	for (const [name, shim] of Object.entries(shims)) {
		const file = join(TREE, `${name}.js`);
		const path = `${"../".repeat(name.split("/").length - 1) || "./"}test/xs/shims/${shim}`;
		mkdirSync(dirname(file), { recursive: true });
		const standard = name.includes("assert") ? `export { default } from "${path}";\n` : "";
		writeFileSync(file, `${standard}export * from "${path}";\n`);
	}
}
