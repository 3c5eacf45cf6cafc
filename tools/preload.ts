import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TOP } from "./moddable-sdk";

/** The list of modules that the SDK preloads, for all platforms. */
export const PRELOAD = join(TOP, "hosts/xs/preload.json");

/**
 * Lists the modules that are preloaded: all of `src`, and what the hosts on the SDK share. The SDK's stars leave
 * TypeScript out, so each is named.
 */
export function preloaded(): string[] {
	const modules = ["hosts/xs/log", "hosts/xs/store"];
	for (const folder of ["src", "hosts/xs/sdk"]) {
		for (const name of readdirSync(join(TOP, folder), { recursive: true }) as string[])
			if (name.endsWith(".ts") && !name.endsWith(".d.ts")) modules.push(`${folder}/${name.slice(0, -3)}`);
	}
	return modules.sort();
}

/** `npx ts-node -T tools/preload.ts` writes the list anew after modules have come or gone. */
if (require.main === module) writeFileSync(PRELOAD, `${JSON.stringify({ preload: preloaded() }, undefined, "\t")}\n`);
