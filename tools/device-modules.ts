import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildSync, type OutputFile } from "esbuild";
import { OUT, TOP } from "./moddable-sdk";

/** Where a device's list of modules is written; `manifest.json` includes it. */
export const ESP32_LIST = join(OUT, "esp32/manifest.json");
/** @see ESP32_LIST */
export const SIMULATOR_LIST = join(OUT, "simulator/manifest.json");

/** The module that a board starts with. */
export const ESP32_MAIN = "hosts/esp32/main";
const SIMULATOR_MAIN = "hosts/simulator/main";

/** A program joined into one module. */
export interface Bundle {
	/** JavaScript, an ES module; it imports only what the engine or the SDK brings. */
	readonly text: string;
	/** The modules that are in it, by their paths without extension. */
	readonly modules: readonly string[];
}

/**
 * Joins a program's modules into one, without the declarations that nothing refers to, with short local names: on a
 * board each module, export and name takes flash.
 * @param main path of the first module, relative to the top, without extension
 */
export function bundle(main: string): Bundle {
	const { outputFiles, metafile } = buildSync({
		entryPoints: [join(TOP, `${main}.ts`)],
		bundle: true,
		format: "esm",
		target: "es2022",
		minify: true,
		metafile: true,
		write: false,
		absWorkingDir: TOP,
		outfile: "main.js",
		// All bare names are the engine's or the SDK's.
		packages: "external",
		logLevel: "silent",
	});
	const [{ text }] = outputFiles as OutputFile[];
	return { text, modules: Object.keys(metafile.inputs).map((path) => path.replace(/\.ts$/, "")) };
}

/**
 * Writes the program of the ESP32 boards as one module, and the list with it: only what `hosts/esp32/main` imports takes
 * flash.
 */
export function writeEsp32(): void {
	writeFile(join(dirname(ESP32_LIST), "main.js"), bundle(ESP32_MAIN).text);
	writeList(ESP32_LIST, { modules: { [ESP32_MAIN]: "./main" }, preload: [ESP32_MAIN] });
}

/** Writes the list of the simulator's modules, one by one as the debugger shows them; its own are not preloaded. */
export function writeSimulator(): void {
	const names = bundle(SIMULATOR_MAIN).modules;
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
