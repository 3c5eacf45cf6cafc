import { LINUX_CAMERA_SCHEMA, LINUX_NAS_SCHEMA } from "../hosts/linux/linux-settings";
import { NODE_CAMERA_SCHEMA, NODE_NAS_SCHEMA, NODE_RENDEZVOUS_SCHEMA } from "../hosts/node/node-settings";
import { VERSION } from "../src/base/version";
import { COMMANDS, type CommandName } from "../src/settings/cli/commands";
import type { Program, Runner } from "../src/settings/cli/program";
import type { Schema } from "../src/settings/schema";

/** Commands that `porthole-linux` does not have. */
const NODE_ONLY: readonly CommandName[] = ["demo", "routes"];

/** `porthole`, for documents: its commands can't be run. A test compares it with the program. */
export const NODE_PROGRAM_SCHEMAS: Program = describe("porthole", [], {
	camera: NODE_CAMERA_SCHEMA,
	nas: NODE_NAS_SCHEMA,
	rendezvous: NODE_RENDEZVOUS_SCHEMA,
});

/** `porthole-linux`, for documents. */
export const LINUX_PROGRAM_SCHEMAS: Program = {
	...describe("porthole-linux", NODE_ONLY, { camera: LINUX_CAMERA_SCHEMA, nas: LINUX_NAS_SCHEMA }),
	defaultCommand: "camera",
};

/** @param own the commands that have settings of one host besides those of all */
function describe(name: string, without: readonly CommandName[], own: Partial<Record<CommandName, Schema>>): Program {
	const runners: Partial<Record<CommandName, Runner>> = {};
	for (const command of Object.keys(COMMANDS) as CommandName[]) {
		if (without.includes(command)) continue;
		const schema = own[command] ?? COMMANDS[command].schema;
		runners[command] = {
			schema,
			run: () => {
				throw new TypeError(`${name} ${command} is only described here`);
			},
		};
	}
	return { name, version: VERSION, runners };
}
