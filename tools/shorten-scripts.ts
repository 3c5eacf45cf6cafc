import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

// terser declares types of an ES module only, but has a CommonJS module too.
const { minify_sync: minify }: typeof import("terser", { with: { "resolution-mode": "import" }}) = require("terser");

/** The beginning of each script that browsers load; parts of scripts begin otherwise. */
export const PAGE_SCRIPT = '"use strict";\n';

const SOURCES = resolve(__dirname, "..");

/** A script that pages load: the module of the sources that exports it and nothing else, its name there, and its text. */
type ServedScript = readonly [module: string, name: string, text: string];

/** Finds all scripts that pages load. */
export function servedScripts(): readonly ServedScript[] {
	const scripts: ServedScript[] = [];
	for (const file of readdirSync(join(SOURCES, "src/web"))) {
		if (!file.endsWith("-script.ts")) continue;
		const module = `src/web/${file.slice(0, -3)}`;
		const [[name, text], ...others] = Object.entries<string>(require(join(SOURCES, module)));
		if (!text.startsWith(PAGE_SCRIPT)) continue;
		if (others.length > 0) throw new TypeError(`${module} exports more than the script ${name}`);
		scripts.push([module, name, text]);
	}
	return scripts;
}

/**
 * Rewrites the compiled modules of the scripts that browsers load, so that no comments and no long names within functions are
 * sent. Scripts of one page share what they declare outside of functions, which keeps its names. Boards have a way of their own.
 * @param folder of the compiled program
 * @param kind of its modules
 * @see bundle
 */
export function shortenScripts(folder: string, kind: "CommonJS" | "ES"): void {
	for (const [module, name, text] of servedScripts()) {
		const path = join(folder, `${module}.js`);
		if (!existsSync(path)) continue;
		const short = JSON.stringify(minify(text, { ecma: 2020, compress: { passes: 2 } }).code ?? text);
		const content =
			kind === "ES"
				? `export const ${name} = ${short};\n`
				: `"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.${name} = ${short};\n`;
		// A file that stays the same keeps its time, so that nothing is built again because of it.
		if (readFileSync(path, "utf8") !== content) writeFileSync(path, content);
	}
}

/** `node -r ./tools/typescript tools/shorten-scripts.ts FOLDER`: after the compiler, in the folder of the program for Node.js. */
if (require.main === module) shortenScripts(resolve(process.argv[2] ?? "dist"), "CommonJS");
