import process from "porthole:process";
import { runDoctor as examine } from "../../src/app/doctor/run-doctor";
import type { DOCTOR_SCHEMA } from "../../src/settings/cli/doctor-schema";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ProgramHost } from "../../src/settings/cli/program";
import type { ValuesOf } from "../../src/settings/schema";
import { LinuxClock } from "./adapters/clock";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxRandom } from "./adapters/random";
import { LinuxResolver } from "./adapters/resolver";
import { defaultFolder, openLog } from "./run-appliance";

/**
 * Examines the gateway and the ways to the cameras, prints the findings, and leaves no mapping behind. The program ends with exit
 * code 0 when the Internet can reach us, else 1.
 */
export function runDoctor(
	{ values }: Gathered<ValuesOf<typeof DOCTOR_SCHEMA>>,
	{ print, error, readFile }: Pick<ProgramHost, "print" | "error" | "readFile">,
): undefined {
	const network = new LinuxNetwork(new LinuxInterfaces({ use: interfaceNames(values.interface) }));
	const random = new LinuxRandom(process.random);
	const host = {
		network,
		clock: new LinuxClock(),
		random,
		log: openLog(values.logLevel),
		resolver: new LinuxResolver(network, random),
		folder: values.data || defaultFolder(),
		readFile,
		print,
		error,
	};
	examine(host, values, process.exit);
	return undefined;
}
