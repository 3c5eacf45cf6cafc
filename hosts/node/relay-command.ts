import { join, resolve } from "node:path";
import { PeerNetwork } from "../../src/app/peer/peer-network";
import { relayPeers } from "../../src/app/peer/relay-peers-part";
import { Relay } from "../../src/app/relay/relay";
import { relayTableOf } from "../../src/app/relay/relay-table-of";
import { startSettings } from "../../src/app/start-settings";
import { Pump } from "../../src/core/pump";
import type { RELAY_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import { type Gathered, placeOfSetting, type SettingSources } from "../../src/settings/cli/gather-settings";
import { RELAY_SCHEMA } from "../../src/settings/relay-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder, lockFolder } from "./data-folder";
import { NodeFiles } from "./files";
import { PEER_SUPPLY } from "./peer-supply";
import { NodeRandom } from "./random";
import { networkOf, runAppliance } from "./run-appliance";

/** Runs a relay until the process gets a signal to stop. @returns the exit code */
export async function runRelay(
	{ given, values }: Gathered<ValuesOf<typeof RELAY_COMMAND_SCHEMA>>,
	{ readFile }: Pick<SettingSources, "readFile">,
): Promise<number> {
	const log = new ConsoleLog(values.logLevel);
	const random = new NodeRandom();
	const table = relayTableOf(values.relayTable, readFile, placeOfSetting(given, "relay-table"));
	// A camera on the same machine has the plain folder.
	const folder = resolve(values.data || join(defaultDataFolder(), "relay"));
	const outbox = resolve(values.outbox || join(folder, "outbox"));
	let release: (() => void) | undefined;
	const code = await runAppliance({ folder, log, random, retry: values.retry }, async (common) => {
		const settings = startSettings(RELAY_SCHEMA, given, common.store, common.warn);
		// Two relays with one outbox would overwrite each other's records.
		release ??= lockFolder(outbox, outboxInUse(outbox));
		const storage = openOutbox(outbox);
		// It pulls from cameras behind NATs too, by names such as garage.cabin.peer.
		const network = new PeerNetwork(networkOf(values.interface), new Pump(new NodeClock()));
		const resolver = network.resolver(PEER_SUPPLY.resolver);
		const host = { ...common, network, storage, resolver, sendsAsOthers: false };
		return new Relay(host, settings, table, [relayPeers(network, PEER_SUPPLY)]);
	});
	release?.();
	return code;
}

function outboxInUse(path: string): string {
	return `--outbox: ${path} is in use by another relay. Give each relay its own folder.`;
}

function openOutbox(path: string): NodeFiles {
	try {
		return new NodeFiles(path);
	} catch (error) {
		throw new UsageError(`--outbox: ${path} can't be used: ${error instanceof Error ? error.message : error}.`);
	}
}
