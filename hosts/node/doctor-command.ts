import { resolve } from "node:path";
import { runDoctor as examine } from "../../src/app/doctor/run-doctor";
import type { DOCTOR_SCHEMA } from "../../src/settings/cli/doctor-schema";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import type { ProgramHost } from "../../src/settings/cli/program";
import type { ValuesOf } from "../../src/settings/schema";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder } from "./data-folder";
import { NodeRandom } from "./random";
import { NodeResolver } from "./resolver";
import { networkOf } from "./run-appliance";

/**
 * Examines the gateway and the ways to the cameras, prints the findings, and leaves no mapping behind.
 * @returns 0 when the Internet can reach us, else 1
 */
export function runDoctor(
	{ values }: Gathered<ValuesOf<typeof DOCTOR_SCHEMA>>,
	{ print, error, readFile }: Pick<ProgramHost, "print" | "error" | "readFile">,
): Promise<number> {
	const host = {
		network: networkOf(values.interface),
		clock: new NodeClock(),
		random: new NodeRandom(),
		log: new ConsoleLog(values.logLevel),
		resolver: new NodeResolver(),
		folder: resolve(values.data || defaultDataFolder()),
		readFile,
		print,
		error,
	};
	return new Promise((done) => examine(host, values, done));
}
