// Lets Node.js run this repository's TypeScript, without a type check: `node -r ./tools/typescript tools/NAME.ts`. What was
// compiled once is kept below build/typescript, as tests start hundreds of processes, each of which would compile again.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, resolve } = require("node:path");
const { threadId } = require("node:worker_threads");

const TOP = resolve(__dirname, "..");
const KEPT = join(TOP, "build/typescript");
const CONFIG = {
	...JSON.parse(readFileSync(join(TOP, "tsconfig.json"), "utf8")).compilerOptions,
	module: "commonjs",
	moduleResolution: "node10",
	ignoreDeprecations: "6.0",
	esModuleInterop: true,
	inlineSourceMap: true,
	noEmit: false,
};
/** All that decides what comes out, beside the source. */
const COMPILER = `${require("typescript/package.json").version} ${JSON.stringify(CONFIG)}`;

/** Begins what is kept: the sum of what it was compiled from, and the end of the line. */
const SUM_LENGTH = 64;

/** The JavaScript of a file, given by its whole path; compiled unless it was before. */
function javaScriptOf(file) {
	const source = readFileSync(file, "utf8");
	const sum = createHash("sha256").update(COMPILER).update(source).digest("hex");
	const path = join(KEPT, `${file}.js`);
	const kept = read(path);
	if (kept?.startsWith(`${sum}\n`)) return kept.slice(SUM_LENGTH + 1);
	const text = compile(source, file);
	keep(path, `${sum}\n${text}`);
	return text;
}

function compile(source, fileName) {
	const ts = require("typescript");
	const { options } = ts.convertCompilerOptionsFromJson(CONFIG, TOP);
	const { outputText, diagnostics } = ts.transpileModule(source, {
		fileName,
		compilerOptions: options,
		reportDiagnostics: true,
	});
	const [fault] = diagnostics;
	if (fault !== undefined)
		throw new SyntaxError(`${fileName}: ${ts.flattenDiagnosticMessageText(fault.messageText, "\n")}`);
	return outputText;
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
