import { PeerNetwork } from "../../src/app/peer/peer-network";
import { relayPeers } from "../../src/app/peer/relay-peers-part";
import { Relay } from "../../src/app/relay/relay";
import { relayTableOf } from "../../src/app/relay/relay-table-of";
import { startSettings } from "../../src/app/start-settings";
import { Pump } from "../../src/core/pump";
import { CheckedStore } from "../../src/ports/checked-store";
import type { RELAY_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import { RELAY_SCHEMA } from "../../src/settings/relay-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { LinuxClock } from "./adapters/clock";
import { LinuxFiles } from "./adapters/files";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxResolver } from "./adapters/resolver";
import { linuxPeers } from "./peer-supply";
import { defaultFolder, openFolder, openLog, readTable, runAppliance } from "./run-appliance";

/**
 * Runs a relay until the process gets a signal to stop.
 * @throws {UsageError} when a folder cannot be opened
 */
export function runRelay({ given, values }: Gathered<ValuesOf<typeof RELAY_COMMAND_SCHEMA>>): undefined {
	const log = openLog(values.logLevel);
	// A camera on the same machine has the plain folder.
	const folder = values.data || `${defaultFolder()}/relay`;
	const store = new CheckedStore(openFolder(folder));
	const storage = openOutbox(values.outbox || `${folder}/outbox`);
	const table = relayTableOf(values.relayTable, readTable, placeOfSetting(given, "relay-table"));
	runAppliance(
		{ folder, store, log, clock: new LinuxClock(), rtspPort: values.rtspPort, retry: values.retry },
		(common) => {
			const settings = startSettings(RELAY_SCHEMA, given, store, common.warn);
			const network = new LinuxNetwork(new LinuxInterfaces({ use: interfaceNames(values.interface) }));
			const resolver = new LinuxResolver(network, common.random);
			const host = { ...common, network, storage, resolver, sendsAsOthers: true };
			const peers = linuxPeers();
			if (peers === undefined) return new Relay(host, settings, table);
			// It pulls from cameras behind NATs too, by names such as garage.cabin.peer.
			const far = new PeerNetwork(network, new Pump(new LinuxClock()));
			const known = { ...host, network: far, resolver: far.resolver(resolver) };
			return new Relay(known, settings, table, [relayPeers(far, { ...peers.supply, resolver })]);
		},
	);
	return undefined;
}

function openOutbox(path: string): LinuxFiles {
	// Two relays with one outbox would overwrite each other's records.
	openFolder(path, `--outbox: ${path} is in use by another relay. Give each relay its own folder.`);
	try {
		return new LinuxFiles(path);
	} catch (error) {
		throw new UsageError(`--outbox: ${path} can't be used: ${error instanceof Error ? error.message : error}.`);
	}
}
