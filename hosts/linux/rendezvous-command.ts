import files from "porthole:files";
import process from "porthole:process";
import { homeListOf } from "../../src/app/rendezvous/home-list";
import { Rendezvous } from "../../src/app/rendezvous/rendezvous";
import { WEB_SOCKETS } from "../../src/app/rendezvous/web-socket-part";
import { startSettings } from "../../src/app/start-settings";
import { utf8Decode } from "../../src/base/text";
import { CheckedStore } from "../../src/ports/checked-store";
import type { RENDEZVOUS_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import { RENDEZVOUS_SCHEMA } from "../../src/settings/rendezvous-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { linuxCiphers } from "./adapters/ciphers";
import { LinuxClock } from "./adapters/clock";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxResolver } from "./adapters/resolver";
import { defaultFolder, openFolder, openLog, runAppliance } from "./run-appliance";

/** The longest list of homes, in octets. */
const HOMES_MAX = 1_000_000;

/**
 * Runs a rendezvous server, without a shared store, until the process gets a signal to stop.
 * @throws {UsageError} when a folder or file can't be used, or the program was built without OpenSSL
 */
export function runRendezvous({ given, values }: Gathered<ValuesOf<typeof RENDEZVOUS_COMMAND_SCHEMA>>): undefined {
	const ciphers = linuxCiphers(process.random);
	if (ciphers === undefined) throw new UsageError("This program was built without OpenSSL, which rendezvous needs.");
	const log = openLog(values.logLevel);
	const homes = homeListOf(values.homes, readHomes, placeOfSetting(given, "homes"));
	// A camera on the same machine has the plain folder.
	const folder = values.data || `${defaultFolder()}/rendezvous`;
	const store = new CheckedStore(openFolder(folder));
	runAppliance({ folder, store, log, clock: new LinuxClock(), rtspPort: 0, retry: values.retry }, (common) => {
		const settings = startSettings(RENDEZVOUS_SCHEMA, given, store, common.warn);
		const network = new LinuxNetwork(new LinuxInterfaces({ use: interfaceNames(values.interface) }));
		const resolver = new LinuxResolver(network, common.random);
		return new Rendezvous({ ...common, network, ciphers, resolver }, settings, homes, [WEB_SOCKETS]);
	});
	return undefined;
}

function readHomes(path: string): string | undefined {
	return files.kind(path) === "file" ? utf8Decode(new Uint8Array(files.read(path, HOMES_MAX))) : undefined;
}
