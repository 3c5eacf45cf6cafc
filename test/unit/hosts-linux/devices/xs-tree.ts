import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const TOP = resolve(__dirname, "../../../..");
const IMPORT = /^(?:import|export)\b[^"']*\bfrom\s*["'](\.[^"']+)["']/gm;

/** The XS engine with its parser, for this machine; `npm run build:linux` makes it. */
export const XS = join(TOP, "build/linux/porthole-xs");

/**
 * Compiles a module and all that it imports by relative names into a folder, as ES modules.
 * @param main path of a `.js` or `.ts` file below the top of the tree
 * @returns the module's name in the folder
 */
export function compileTree(main: string, folder: string): string {
	const waiting = [main];
	const done = new Set<string>();
	for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
		if (done.has(path)) continue;
		done.add(path);
		const source = readFileSync(path, "utf8");
		const { outputText } = ts.transpileModule(source, {
			compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
		});
		const out = join(folder, relative(TOP, path).replace(/\.ts$/, ".js"));
		mkdirSync(dirname(out), { recursive: true });
		writeFileSync(out, outputText);
		// What is left after types are gone is what runs.
		for (const [, name] of outputText.matchAll(IMPORT)) waiting.push(`${resolve(dirname(path), name)}.ts`);
	}
	return relative(TOP, main).replace(/\.[jt]s$/, "");
}
