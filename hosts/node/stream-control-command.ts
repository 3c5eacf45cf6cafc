import { join, resolve } from "node:path";
import { startSettings } from "../../src/app/start-settings";
import { StreamControl } from "../../src/app/stream/stream-control";
import type { STREAM_CONTROL_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { STREAM_CONTROL_SCHEMA } from "../../src/settings/stream-link-schema";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder } from "./data-folder";
import { NodeRandom } from "./random";
import { networkOf, runAppliance } from "./run-appliance";

/** Runs a control host until the process gets a signal to stop. @returns the exit code */
export async function runStreamControl({
	given,
	values,
}: Gathered<ValuesOf<typeof STREAM_CONTROL_COMMAND_SCHEMA>>): Promise<number> {
	const log = new ConsoleLog(values.logLevel);
	const random = new NodeRandom();
	// A camera on the same machine has the plain folder.
	const folder = resolve(values.data || join(defaultDataFolder(), "stream-control"));
	return runAppliance({ folder, log, random, retry: values.retry }, async (common) => {
		const settings = startSettings(STREAM_CONTROL_SCHEMA, given, common.store, common.warn);
		return new StreamControl({ ...common, network: networkOf(values.interface) }, settings);
	});
}
