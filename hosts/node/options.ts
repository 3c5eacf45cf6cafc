import { existsSync, readFileSync } from "node:fs";
import { type Given, gatherFrom } from "../../src/settings/options";
import type { Setting } from "../../src/settings/setting";

export { type Given, helpOf, textOf, UsageError } from "../../src/settings/options";

/**
 * Gathers settings from a file, the environment and flags. @see gatherFrom
 * @throws {UsageError} for an unknown flag, a broken file, a value that the schema does not take
 */
export function gatherOptions(schema: readonly Setting[], args: readonly string[], env: NodeJS.ProcessEnv): Given {
	return gatherFrom(schema, args, {
		variable: (name) => env[name],
		readFile: (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
	});
}
