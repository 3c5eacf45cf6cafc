import { parseIpv4 } from "../../src/core/ipv4";
import type { CommandOutcome } from "./command-runner";
import { COMMAND_MAX, deleteWords, findAddress, LIST_WORDS } from "./floating-commands";
import { type FloatingHost, thisMachine } from "./floating-host";

/**
 * Removes a floating address that a process before this one left on the machine; to be called at the start of a program
 * that may take it later. An interface's own address is never touched.
 * @returns true when there was one and it is gone
 */
export async function cleanFloatingAddress(address: string, host: FloatingHost = thisMachine()): Promise<boolean> {
	if (host.platform !== "linux" || parseIpv4(address) === undefined) return false;
	const run = (words: readonly string[]): Promise<CommandOutcome> => {
		return new Promise((ended) => host.runner.run(words, COMMAND_MAX, ended));
	};
	const held = findAddress((await run(LIST_WORDS)).stdout, address);
	if (held === undefined || !held.secondary) return false;
	return (await run(deleteWords(held.name, held.prefix, address))).code === 0;
}
