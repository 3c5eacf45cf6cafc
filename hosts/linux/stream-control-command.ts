import { startSettings } from "../../src/app/start-settings";
import { StreamControl } from "../../src/app/stream/stream-control";
import { CheckedStore } from "../../src/ports/checked-store";
import type { STREAM_CONTROL_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { STREAM_CONTROL_SCHEMA } from "../../src/settings/stream-link-schema";
import { LinuxClock } from "./adapters/clock";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { defaultFolder, openFolder, openLog, runAppliance } from "./run-appliance";

/**
 * Runs a control host until the process gets a signal to stop.
 * @throws {UsageError} when a folder cannot be opened
 */
export function runStreamControl({
	given,
	values,
}: Gathered<ValuesOf<typeof STREAM_CONTROL_COMMAND_SCHEMA>>): undefined {
	const log = openLog(values.logLevel);
	// A camera on the same machine has the plain folder.
	const folder = values.data || `${defaultFolder()}/stream-control`;
	const store = new CheckedStore(openFolder(folder));
	runAppliance(
		{ folder, store, log, clock: new LinuxClock(), rtspPort: values.rtspPort, retry: values.retry },
		(common) => {
			const settings = startSettings(STREAM_CONTROL_SCHEMA, given, store, common.warn);
			const network = new LinuxNetwork(new LinuxInterfaces({ use: interfaceNames(values.interface) }));
			return new StreamControl({ ...common, network }, settings);
		},
	);
	return undefined;
}
