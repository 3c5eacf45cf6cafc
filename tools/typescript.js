// Runs this repository's TypeScript by ts-node, without a type check: `node -r ./tools/typescript tools/NAME.ts`. What ts-node
// has compiled is kept below build/typescript, as tests start hundreds of processes, each of which would compile again.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, resolve } = require("node:path");
const { threadId } = require("node:worker_threads");

const TOP = resolve(__dirname, "..");
const KEPT = join(TOP, "build/typescript");
/** All that decides what comes out, beside the source. */
const COMPILER = ["node_modules/typescript/package.json", "node_modules/ts-node/package.json", "tsconfig.json"]
	.map((path) => readFileSync(join(TOP, path), "utf8"))
	.join();
/** Begins what is kept: the sum of what it was compiled from, and the end of the line. */
const SUM_LENGTH = 64;

let service;

/** The JavaScript of a file, given by its whole path; compiled unless it was before. */
function javaScriptOf(file) {
	const source = readFileSync(file, "utf8");
	const sum = createHash("sha256").update(COMPILER).update(source).digest("hex");
	const path = join(KEPT, `${file}.js`);
	const kept = read(path);
	if (kept?.startsWith(`${sum}\n`)) return kept.slice(SUM_LENGTH + 1);
	service ??= require("ts-node").create({ cwd: TOP, transpileOnly: true });
	const text = service.compile(source, file);
	keep(path, `${sum}\n${text}`);
	return text;
}

function read(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

/** Others may read and write the same meanwhile; and where nothing can be written, each process compiles. */
function keep(path, text) {
	const partial = `${path}.${process.pid}-${threadId}`;
	try {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(partial, text);
		renameSync(partial, path);
	} catch {}
}

Module._extensions[".ts"] = (module, file) => module._compile(javaScriptOf(file), file);
// Errors name lines of the sources.
process.setSourceMapsEnabled(true);
