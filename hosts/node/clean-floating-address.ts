import { parseIpv4 } from "../../src/core/ipv4";
import type { CommandOutcome } from "./command-runner";
import { COMMAND_MAX, deleteWords, findAddress, LIST_WORDS } from "./floating-commands";
import { type FloatingHost, thisMachine } from "./floating-host";

/**
 * Removes a floating address that an earlier process left on the machine. Programs that may take the address call it when they
 * start. It never removes an interface's own address.
 * @returns true when there was one and it was removed
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
