import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync, type OutputFile } from "esbuild";
import ts from "typescript";
import { DenseCode, targetOf } from "./dense-code";
import { OUT, TOP } from "./moddable-sdk";
import { PrivateNames } from "./private-names";
import { PAGE_SCRIPT } from "./shorten-scripts";

// terser declares types of an ES module only, but has a CommonJS module too.
const { minify_sync: minify }: typeof import("terser", { with: { "resolution-mode": "import" }}) = require("terser");

/** Where a device's list of modules is written; `manifest.json` includes it. */
export const ESP32_LIST = join(OUT, "esp32/manifest.json");
/** @see ESP32_LIST */
export const SIMULATOR_LIST = join(OUT, "simulator/manifest.json");

/** The module that a board starts with. */
export const ESP32_MAIN = "hosts/esp32/main";
/** The one that takes its place on boards with a stream server. */
export const ESP32_STREAMS_MAIN = "hosts/esp32/main-with-streams";
/** The one on boards that viewers reach by peer to peer, too. */
export const ESP32_PEER_MAIN = "hosts/esp32/main-with-peer";
/** The native code of that one alone. */
const PEER_NATIVE = "hosts/esp32/native-peer/*";
const SIMULATOR_MAIN = "hosts/simulator/main";

/** A program joined into one module. */
export interface Bundle {
	/** JavaScript, an ES module; it imports only what the engine or the SDK brings. */
	readonly text: string;
	/** The modules that are in it, by their paths without extension. */
	readonly modules: readonly string[];
}

/**
 * Joins a program's modules into one, without the declarations that nothing refers to, with constants and short functions
 * put in place, and with short names: on a board each module, function, export and name takes flash.
 * @param main path of the first module, relative to the top, without extension
 */
export function bundle(main: string): Bundle {
	const { sources } = joinModules(main);
	const text = joinDensely(main, sources);
	const names = new PrivateNames(new Map(sources.map((path) => [path, readFileSync(join(TOP, path), "utf8")])));
	const { rest, texts } = apart(names.shorten(text));
	const { code = "" } = minify(rest, {
		module: true,
		ecma: 2020,
		compress: {
			passes: 2,
			keep_fargs: false,
			// These make the text shorter, but the bytecode longer.
			sequences: false,
			conditionals: false,
			booleans: false,
		},
	});
	const whole = code.replace(/\$text\((\d+)\)/g, (_, index) => texts[Number(index)]);
	return { text: withConstants(whole), modules: moduleNames(sources) };
}

/** Joins modules after writing them densely: in a folder of its own, as two programs may be made at a time. @see DenseCode */
function joinDensely(main: string, sources: readonly string[]): string {
	mkdirSync(OUT, { recursive: true });
	const folder = mkdtempSync(join(OUT, "dense-"));
	try {
		const dense = new DenseCode(main);
		for (const path of sources) writeFile(join(folder, path), dense.write(path));
		return joinModules(main, folder).text;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** A constant's text of more characters stays a constant: a board copies a function's texts to RAM at each use. */
const TEXT_MAX = 32;

/**
 * Replaces constants' long texts by `$text(INDEX)`. A text that is composed of other constants' texts, such as the common
 * script of the pages, becomes one text.
 * @returns the program, and the literals of the texts
 */
function apart(text: string): { readonly rest: string; readonly texts: readonly string[] } {
	const texts: string[] = [];
	const known = new Map<string, string>();
	let rest = "";
	let from = 0;
	for (const statement of ts.createSourceFile("main.js", text, ts.ScriptTarget.ES2022, true).statements) {
		if (!ts.isVariableStatement(statement)) continue;
		const [declaration, second] = statement.declarationList.declarations;
		const value = declaration.initializer;
		const content = value === undefined ? undefined : contentOf(value, known);
		if (second !== undefined || value === undefined || content === undefined) continue;
		const name = declaration.name.getText();
		known.set(name, content);
		if (content.length <= TEXT_MAX) continue;
		rest += `${text.slice(from, value.getStart())}/* @__PURE__ */ $text(${texts.length})`;
		const short = content.startsWith(PAGE_SCRIPT) ? shortScript(content) : content;
		texts.push(JSON.stringify(COMPRESSED.includes(name) ? gzip(short) : short));
		from = value.end;
	}
	return { rest: rest + text.slice(from), texts };
}

/** The text of a literal, or of a template that holds nothing but constants. @param known their texts by name */
function contentOf(value: ts.Expression, known: ReadonlyMap<string, string>): string | undefined {
	if (ts.isStringLiteralLike(value)) return value.text;
	if (!ts.isTemplateExpression(value)) return undefined;
	let content = value.head.text;
	for (const { expression, literal } of value.templateSpans) {
		const part = ts.isIdentifier(expression) ? known.get(expression.text) : undefined;
		if (part === undefined) return undefined;
		content += part + literal.text;
	}
	return content;
}

/** Writes a page's script without comments and with short names. */
function shortScript(text: string): string {
	return minify(text, { ecma: 2020, mangle: { toplevel: true }, compress: { passes: 2 } }).code ?? text;
}

/** The constants that a board sends as they are, and keeps compressed. @see StaticText */
const COMPRESSED: readonly string[] = Object.freeze(["STYLESHEET", "SCRIPT"]);

function gzip(text: string): string {
	return gzipSync(text, { level: 9 }).toString("base64");
}

/** The modules of a program, by their paths without extension. @param main as for `bundle` */
export function modulesOf(main: string): readonly string[] {
	return moduleNames(joinModules(main).sources);
}

function joinModules(main: string, top: string = TOP): { readonly text: string; readonly sources: readonly string[] } {
	const { outputFiles, metafile } = buildSync({
		entryPoints: [join(top, `${main}.ts`)],
		bundle: true,
		format: "esm",
		target: "es2022",
		metafile: true,
		write: false,
		absWorkingDir: top,
		outfile: "main.js",
		// All bare names are the engine's or the SDK's.
		packages: "external",
		logLevel: "silent",
	});
	const [{ text }] = outputFiles as OutputFile[];
	return { text, sources: Object.keys(metafile.inputs) };
}

function moduleNames(sources: readonly string[]): string[] {
	return sources.map((path) => path.replace(/\.ts$/, ""));
}

/**
 * Declares by `const` what esbuild declares by `var` at the top. XS gives each variable of a preloaded module that may change
 * 4 octets of RAM, and each object that it refers to as well: 543 places in place of 128.
 */
function withConstants(text: string): string {
	const source = ts.createSourceFile("main.js", text, ts.ScriptTarget.ES2022, true);
	const assigned = new Set<string>();
	const visit = (node: ts.Node): void => {
		const target = targetOf(node);
		if (target !== undefined && ts.isIdentifier(target)) assigned.add(target.text);
		ts.forEachChild(node, visit);
	};
	visit(source);
	let result = "";
	let from = 0;
	for (const statement of source.statements) {
		if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.BlockScoped) !== 0)
			continue;
		// esbuild joins declarations that follow each other.
		const single = statement.declarationList.declarations.map((declaration) => {
			const { name, initializer } = declaration;
			const fixed = ts.isIdentifier(name) && initializer !== undefined && !assigned.has(name.text);
			return `${fixed ? "const" : "var"} ${declaration.getText()};`;
		});
		result += `${text.slice(from, statement.getStart())}${single.join("")}`;
		from = statement.end;
	}
	return result + text.slice(from);
}

/**
 * Writes the program of an ESP32 board as one module, and the list with it: only what its first module imports takes flash.
 * @param main {@link ESP32_STREAMS_MAIN} for a board with a stream server, {@link ESP32_PEER_MAIN} for one with peer to peer, too
 */
export function writeEsp32(main: string = ESP32_MAIN): void {
	writeFile(join(dirname(ESP32_LIST), "main.js"), bundle(main).text);
	const native = main === ESP32_PEER_MAIN ? { "*": relative(dirname(ESP32_LIST), join(TOP, PEER_NATIVE)) } : {};
	writeList(ESP32_LIST, { modules: { [ESP32_MAIN]: "./main", ...native }, preload: [ESP32_MAIN] });
}

/** Writes the list of the simulator's modules, one by one as the debugger shows them; its own are not preloaded. */
export function writeSimulator(): void {
	const names = modulesOf(SIMULATOR_MAIN);
	const modules = Object.fromEntries(names.map((name) => [name, relative(dirname(SIMULATOR_LIST), join(TOP, name))]));
	writeList(SIMULATOR_LIST, { modules, preload: names.filter((name) => !name.startsWith("hosts/simulator/")) });
}

/** Writes a file, whose folder is made. */
export function writeFile(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
}

function writeList(path: string, manifest: object): void {
	writeFile(path, `${JSON.stringify(manifest, undefined, "\t")}\n`);
}

if (require.main === module) {
	writeSimulator();
	writeEsp32();
}
