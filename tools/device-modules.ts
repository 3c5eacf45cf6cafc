import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { bundle, modulesOf, writeBundle } from "./device-bundle";
import { OUT, TOP } from "./moddable-sdk";

/** Where a device's list of modules is written; `manifest.json` includes it. */
export const ESP32_LIST = join(OUT, "esp32/manifest.json");
/** @see ESP32_LIST */
export const SIMULATOR_LIST = join(OUT, "simulator/manifest.json");

/** The module that a board starts with. */
export const ESP32_MAIN = "hosts/esp32/main";
const SIMULATOR_MAIN = "hosts/simulator/main";
const TYPINGS = ["hosts/sdk/typings/embedded.d.ts", "hosts/esp32/typings/sdk.d.ts"];

/**
 * Writes the program of the ESP32 boards as one module, and the list with it: only what `hosts/esp32/main` imports takes
 * flash. @returns the modules that are in it
 */
export function writeEsp32(): readonly string[] {
	const program = bundle(ESP32_MAIN, TYPINGS);
	writeBundle(program, join(dirname(ESP32_LIST), "main.js"));
	write(ESP32_LIST, { modules: { [ESP32_MAIN]: "./main" }, preload: [ESP32_MAIN] });
	return program.modules;
}

/** Writes the list of the simulator's modules, one by one as the debugger shows them; its own are not preloaded. */
export function writeSimulator(): void {
	const names = modulesOf(SIMULATOR_MAIN, TYPINGS);
	const modules = Object.fromEntries(names.map((name) => [name, relative(dirname(SIMULATOR_LIST), join(TOP, name))]));
	write(SIMULATOR_LIST, { modules, preload: names.filter((name) => !name.startsWith("hosts/simulator/")) });
}

function write(path: string, manifest: object): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `${JSON.stringify(manifest, undefined, "\t")}\n`);
}

if (require.main === module) {
	writeEsp32();
	writeSimulator();
}
