import KeyValue from "embedded:storage/key-value";
import process from "porthole:process";
import { ViewProgram } from "../../src/app/viewer/view-program";
import { Pump } from "../../src/core/pump";
import { CheckedStore } from "../../src/ports/checked-store";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ProgramHost } from "../../src/settings/cli/program";
import type { VIEW_SCHEMA } from "../../src/settings/cli/view-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { LinuxClock } from "./adapters/clock";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxRandom } from "./adapters/random";
import { linuxPeers } from "./peer-supply";
import { defaultFolder, openLog } from "./run-appliance";

/**
 * Runs `porthole-linux view` until it is done or the process gets a signal to stop.
 * @throws {UsageError} when the folder can't be used, or the program was built without OpenSSL
 */
export function runView(
	word: string,
	{ values }: Gathered<ValuesOf<typeof VIEW_SCHEMA>>,
	{ print, error }: Pick<ProgramHost, "print" | "error">,
): undefined {
	const peers = linuxPeers();
	if (peers === undefined) throw new UsageError("This program was built without OpenSSL, which view needs.");
	const { ciphers, resolver, spread = 0 } = peers.supply;
	const clock = new LinuxClock();
	const host = {
		pump: new Pump(clock),
		network: new LinuxNetwork(new LinuxInterfaces({ use: interfaceNames(values.interface) })),
		resolver,
		random: new LinuxRandom(process.random),
		clock,
		ciphers,
		store: openStore(values.data || `${defaultFolder()}/viewer`),
		log: openLog(values.logLevel),
		spread,
		print,
		error: (line: string) => error(`porthole-linux: ${line}`),
	};
	const program = new ViewProgram(host, values, word, (code) => process.exit(code));
	process.onSignal(() => program.stop());
	program.start();
	return undefined;
}

function openStore(folder: string): CheckedStore {
	try {
		return new CheckedStore(new KeyValue({ path: folder }));
	} catch (error) {
		throw new UsageError(`--data: ${folder} can't be used: ${error instanceof Error ? error.message : error}.`);
	}
}
