import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { FloatingFailure } from "../../src/ports/floating-address";
import type { CommandOutcome } from "./command-runner";

/** Seconds until the kernel takes the address away when nobody renews it: a process that hangs does not keep it. */
const ADDRESS_LIFETIME = 15;
/** Commands that take longer are killed. */
export const COMMAND_MAX: Millis = 2500;
/** What is passed on of the words of a program, in characters. */
const WORDS_MAX = 200;

/** An address of this machine, as `ip` tells it. */
export interface HeldAddress {
	readonly name: string;
	readonly prefix: number;
	/** True for an address beside the interface's own one. */
	readonly secondary: boolean;
}

/** Asks whether another machine uses the address: ends with 1 at the first answer, else after a second with 0. */
export function probeWords(name: string, address: string): string[] {
	return ["arping", "-D", "-f", "-c", "1", "-w", "1", "-I", name, address];
}

/** Tells the neighbours, by questions that need no answer, twice within a second. @see RFC 5227 §2.3 */
export function announceWords(name: string, address: string): string[] {
	return ["arping", "-U", "-q", "-c", "2", "-w", "2", "-I", name, address];
}

/** Tells the neighbours once, by an answer that nobody asked for: some heed only these. */
export function answerWords(name: string, address: string): string[] {
	return ["arping", "-A", "-q", "-c", "1", "-w", "1", "-I", name, address];
}

/** Adds the address for {@link ADDRESS_LIFETIME}, or renews it. */
export function addWords(path: Path, address: string): string[] {
	const life = `${ADDRESS_LIFETIME}`;
	const lifetime = ["valid_lft", life, "preferred_lft", life];
	return ["ip", "address", "replace", `${address}/${path.prefix}`, "dev", path.name, ...lifetime];
}

/** Removes the address. */
export function deleteWords(name: string, prefix: number, address: string): string[] {
	return ["ip", "address", "del", `${address}/${prefix}`, "dev", name];
}

/** Lists the addresses of this machine for {@link findAddress}. */
export const LIST_WORDS: readonly string[] = Object.freeze(["ip", "-4", "-json", "address", "show"]);

/** Waits for commands on standard input. */
export const GUARD_WORDS: readonly string[] = Object.freeze(["ip", "-batch", "-"]);

/**
 * What the guard reads: a command without the end of its line, so that it is carried out only when there is no more to
 * come, which is when the process that wrote it is gone.
 */
export function guardInput(path: Path, address: string): string {
	return deleteWords(path.name, path.prefix, address).slice(1).join(" ");
}

/** Finds an address in the output of {@link LIST_WORDS}; `undefined` when no interface has it or the text is no list. */
export function findAddress(text: string, address: string): HeldAddress | undefined {
	try {
		for (const { ifname, addr_info = [] } of JSON.parse(text)) {
			for (const { local, prefixlen, secondary } of addr_info) {
				if (local === address) return { name: `${ifname}`, prefix: Number(prefixlen), secondary: secondary === true };
			}
		}
	} catch {}
	return undefined;
}

/**
 * Returns the hardware address of the machine that answered a probe, in small letters; `undefined` when none did.
 * @param own hardware addresses of this machine: Linux answers on each interface for the addresses of all
 */
export function ownerOf({ code, stdout }: CommandOutcome, own: readonly string[]): string | undefined {
	const mac = code === 1 ? /\[([0-9a-f]{2}(?::[0-9a-f]{2}){5})\]/i.exec(stdout)?.[1].toLowerCase() : undefined;
	return mac === undefined || own.includes(mac) ? undefined : mac;
}

/** Says what is wrong with a command that did not do its work, and what is missing. */
export function failureOf(program: string, outcome: CommandOutcome): { why: FloatingFailure; detail: string } {
	const { code, stdout, stderr, trouble } = outcome;
	if (trouble === "missing") {
		const of = program === "ip" ? "iproute2" : "iputils-arping";
		return { why: "not-permitted", detail: `the program ${program} is missing (Debian package ${of})` };
	}
	if (trouble === "forbidden" || /not permitted|permission denied/i.test(stderr)) {
		const need = program === "ip" ? "CAP_NET_ADMIN (to add an address)" : "CAP_NET_RAW (to send ARP)";
		return { why: "not-permitted", detail: `this process may not run ${program}: it needs root, or ${need}` };
	}
	if (code === -1) return { why: "failed", detail: `${program} did not end in time` };
	const words = (stderr.trim() || stdout.trim()).split("\n")[0].slice(0, WORDS_MAX);
	return { why: "failed", detail: `${program} ended with ${code}: ${words || "no words"}` };
}
