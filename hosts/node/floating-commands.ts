import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { FloatingFailure } from "../../src/ports/floating-address";
import type { CommandOutcome } from "./command-runner";

/** Seconds after which the kernel removes an address that is not renewed, so that a hanging process loses it. */
const ADDRESS_LIFETIME = 15;
/** The longest time that a command may take before it is killed. */
export const COMMAND_MAX: Millis = 2500;
/** The characters of a program's message that are passed on. */
const WORDS_MAX = 200;

/** An address of this machine, as reported by `ip`. */
export interface HeldAddress {
	readonly name: string;
	readonly prefix: number;
	/** Whether it is an additional address of the interface. */
	readonly secondary: boolean;
}

/** Probes whether another machine uses the address: exits with 1 at the first answer, or with 0 after a second. */
export function probeWords(name: string, address: string): string[] {
	return ["arping", "-D", "-f", "-c", "1", "-w", "1", "-I", name, address];
}

/** Does nothing; its end tells that programs which were started earlier run. */
export const VERSION_WORDS: readonly string[] = Object.freeze(["arping", "-V"]);

/** Announces the address by two gratuitous ARP requests within a second. @see RFC 5227 §2.3 */
export function announceWords(name: string, address: string): string[] {
	return ["arping", "-U", "-q", "-c", "2", "-w", "2", "-I", name, address];
}

/** Announces the address by a gratuitous ARP reply, as some machines ignore gratuitous requests. */
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

/** Reads commands from standard input. */
export const GUARD_WORDS: readonly string[] = Object.freeze(["ip", "-batch", "-"]);

/**
 * The input of the guard: a command without a line end, so that it is executed only at the end of the input, which is when
 * the process that wrote it has ended.
 */
export function guardInput(path: Path, address: string): string {
	return deleteWords(path.name, path.prefix, address).slice(1).join(" ");
}

/** Finds an address in the output of {@link LIST_WORDS}; `undefined` when no interface has it or the text is malformed. */
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
 * Returns the hardware address of the machine that answered a probe, in lower case; `undefined` when none did.
 * @param own hardware addresses of this machine, because Linux answers on each interface for the addresses of all
 */
export function ownerOf({ code, stdout }: CommandOutcome, own: readonly string[]): string | undefined {
	const mac = code === 1 ? /\[([0-9a-f]{2}(?::[0-9a-f]{2}){5})\]/i.exec(stdout)?.[1].toLowerCase() : undefined;
	return mac === undefined || own.includes(mac) ? undefined : mac;
}

/** Tells whether a probe was answered, and not only another machine's announcement or request heard. */
export function isAnswer({ stdout }: CommandOutcome): boolean {
	return /^Unicast reply from/m.test(stdout);
}

/** Explains why a command failed, and what is missing. */
export function failureOf(program: string, outcome: CommandOutcome): { why: FloatingFailure; detail: string } {
	const { code, stdout, stderr, trouble } = outcome;
	if (trouble === "missing") {
		const of = program === "ip" ? "iproute2" : "iputils-arping";
		return { why: "not-permitted", detail: `the program ${program} is not installed (Debian package ${of})` };
	}
	if (trouble === "forbidden" || /not permitted|permission denied/i.test(stderr)) {
		const need = program === "ip" ? "CAP_NET_ADMIN (to add an address)" : "CAP_NET_RAW (to send ARP)";
		return { why: "not-permitted", detail: `this process may not run ${program}: it needs root or ${need}` };
	}
	if (code === -1) return { why: "failed", detail: `${program} timed out` };
	const words = (stderr.trim() || stdout.trim()).split("\n")[0].slice(0, WORDS_MAX);
	return { why: "failed", detail: `${program} exited with code ${code}: ${words || "no message"}` };
}
