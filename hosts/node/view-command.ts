import { join, resolve } from "node:path";
import { ViewProgram } from "../../src/app/viewer/view-program";
import { Pump } from "../../src/core/pump";
import { SPREAD_SOCKETS } from "../../src/peer/checks/port-guesses";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ProgramHost } from "../../src/settings/cli/program";
import type { VIEW_SCHEMA } from "../../src/settings/cli/view-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { NodeCiphers } from "./ciphers";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder } from "./data-folder";
import { FileStore } from "./file-store";
import { NodeNetwork } from "./network";
import { NodeRandom } from "./random";
import { NodeResolver } from "./resolver";

/** A viewer that changes its network is to be connected again within 2 s. */
const WATCH_PERIOD = 500;

/** Runs `porthole view` until it is done or the process gets a signal to stop. @returns the exit code */
export function runView(
	word: string,
	{ values }: Gathered<ValuesOf<typeof VIEW_SCHEMA>>,
	{ print, error }: Pick<ProgramHost, "print" | "error">,
): Promise<number> {
	const clock = new NodeClock();
	const host = {
		pump: new Pump(clock),
		network: new NodeNetwork({ use: interfaceNames(values.interface) }, WATCH_PERIOD),
		resolver: new NodeResolver(),
		random: new NodeRandom(),
		clock,
		ciphers: new NodeCiphers(),
		store: openStore(resolve(values.data || join(defaultDataFolder(), "viewer"))),
		log: new ConsoleLog(values.logLevel),
		spread: SPREAD_SOCKETS,
		print,
		error: (line: string) => error(`porthole: ${line}`),
	};
	return new Promise((done) => {
		const program = new ViewProgram(host, values, word, done);
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => program.stop());
		program.start();
	});
}

function openStore(folder: string): FileStore {
	try {
		return new FileStore(folder);
	} catch (error) {
		throw new UsageError(`--data: ${folder} can't be used: ${error instanceof Error ? error.message : error}.`);
	}
}
