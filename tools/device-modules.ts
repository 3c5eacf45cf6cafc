import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { TOP } from "./moddable-sdk";

/** A host on the Moddable SDK, and the part of its manifest that lists its modules. */
export interface DeviceHost {
	/** The module that the program starts with. */
	readonly main: string;
	/** Path of the list, relative to the top; `manifest.json` includes it. */
	readonly list: string;
	/** Modules of this folder are left to start at run time: they call native code while they load. */
	readonly notPreloaded?: string;
}

/** The hosts on the Moddable SDK. */
export const DEVICE_HOSTS: readonly DeviceHost[] = Object.freeze([
	{ main: "hosts/esp32/main", list: "hosts/esp32/modules.json" },
	{ main: "hosts/simulator/main", list: "hosts/simulator/modules.json", notPreloaded: "hosts/simulator/" },
]);

/** `from "./x"`, `import "./x"`; the text is what TypeScript emits, so types are gone. */
const IMPORT = /^\s*(?:import|export)\b[^"';]*?["'](\.[^"']+)["']/gm;

/**
 * Lists the modules that `main` imports at run time, directly or not, and itself; those of the SDK are left out.
 *
 * Only these are in the manifest, so a module that no part of the appliance imports takes no flash.
 */
export function modulesOf(main: string): string[] {
	const found = new Set<string>();
	const pending = [main];
	for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
		if (found.has(name)) continue;
		found.add(name);
		const { outputText } = ts.transpileModule(readFileSync(join(TOP, `${name}.ts`), "utf8"), {
			compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, isolatedModules: true },
		});
		for (const [, specifier] of outputText.matchAll(IMPORT)) pending.push(join(dirname(name), specifier));
	}
	return [...found].sort();
}

/** Makes the text of a host's list: which modules there are, and which are preloaded (the SDK wants each by its name). */
export function listOf(host: DeviceHost): string {
	const names = modulesOf(host.main);
	const preload = names.filter((name) => host.notPreloaded === undefined || !name.startsWith(host.notPreloaded));
	const modules = Object.fromEntries(names.map((name) => [name, `../../${name}`]));
	return `${JSON.stringify({ modules, preload }, undefined, "\t")}\n`;
}

/** Writes all lists; the build commands of the devices call it first. */
export function writeLists(): void {
	for (const host of DEVICE_HOSTS) writeFileSync(join(TOP, host.list), listOf(host));
}

if (require.main === module) writeLists();
