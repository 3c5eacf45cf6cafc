import { join, resolve } from "node:path";
import { homeListOf } from "../../src/app/rendezvous/home-list";
import { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { WEB_SOCKETS } from "../../src/app/rendezvous/web-socket-part";
import { startSettings } from "../../src/app/start-settings";
import { toHex } from "../../src/base/hex";
import { type Gathered, placeOfSetting, type SettingSources } from "../../src/settings/cli/gather-settings";
import { RENDEZVOUS_SCHEMA } from "../../src/settings/rendezvous-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { NodeCiphers } from "./ciphers";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder } from "./data-folder";
import type { NODE_RENDEZVOUS_SCHEMA } from "./node-settings";
import { NodeRandom } from "./random";
import { NodeResolver } from "./resolver";
import { networkOf, runAppliance } from "./run-appliance";
import { ValkeyRegistry } from "./valkey-registry";

/** Octets of the random name of an instance. */
const NAME_OCTETS = 6;

/** Runs a rendezvous server until the process gets a signal to stop. @returns the exit code */
export async function runRendezvous(
	{ given, values }: Gathered<ValuesOf<typeof NODE_RENDEZVOUS_SCHEMA>>,
	{ readFile }: Pick<SettingSources, "readFile">,
): Promise<number> {
	const log = new ConsoleLog(values.logLevel);
	const random = new NodeRandom();
	const homes = homeListOf(values.homes, readFile, placeOfSetting(given, "homes"));
	// A camera on the same machine has the plain folder.
	const folder = resolve(values.data || join(defaultDataFolder(), "rendezvous"));
	const drawn = new Uint8Array(NAME_OCTETS);
	random.fill(drawn);
	const edge = values.instance || toHex(drawn);
	const registry = values.store === "" ? undefined : new ValkeyRegistry(values.store, log);
	const code = await runAppliance({ folder, log, random, retry: values.retry }, async (common) => {
		const settings = startSettings(RENDEZVOUS_SCHEMA, given, common.store, common.warn);
		const network = networkOf(values.interface);
		const host = { ...common, network, ciphers: new NodeCiphers(), resolver: new NodeResolver(), registry, edge };
		return new Rendezvous(host, settings, homes, [WEB_SOCKETS]);
	});
	registry?.close();
	return code;
}
