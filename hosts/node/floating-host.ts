import { networkInterfaces } from "node:os";
import { broadcastAddress, formatIpv4, parseIpv4, sameNetwork } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type { Alarm } from "../../src/core/pump";
import type { FloatingFailure } from "../../src/ports/floating-address";
import { NodeClock } from "./clock";
import { type CommandRunner, NodeCommandRunner } from "./command-runner";

/** One interface that is up and has a carrier. */
export interface LiveInterface {
	readonly mac: string;
	/** Its IPv4 addresses. */
	readonly addresses: readonly string[];
}

/** What a floating address needs from the machine; tests replace it. */
export interface FloatingHost {
	readonly runner: CommandRunner;
	/** An alarm that nothing else sets. */
	readonly alarm: Alarm;
	/** The name of the platform as Node.js has it: `linux`. */
	readonly platform: string;
	/** The interfaces that are up and have a carrier, by name. */
	interfaces(): Map<string, LiveInterface>;
}

/** Returns this machine with a new alarm. */
export function thisMachine(): FloatingHost {
	return {
		runner: new NodeCommandRunner(),
		alarm: new NodeClock(),
		platform: process.platform,
		interfaces: readInterfaces,
	};
}

/** True when one of the machine's interfaces has the address. */
export function hasAddress(host: FloatingHost, address: string): boolean {
	for (const { addresses } of host.interfaces().values()) if (addresses.includes(address)) return true;
	return false;
}

/** Returns the machine's hardware addresses in lower case. */
export function ownMacs(host: FloatingHost): string[] {
	return Array.from(host.interfaces().values(), ({ mac }) => mac);
}

/** Why an address can't be taken here. */
export interface FloatingFault {
	readonly why: FloatingFailure;
	readonly detail: string;
}

/** A valid interface name that no program takes for an option. */
const INTERFACE_NAME = /^[A-Za-z0-9_][\w.:@-]{0,14}$/;

/** Checks a request before anything is done. @returns the fault; `undefined` when it may be tried */
export function faultOf(host: FloatingHost, path: Path, address: string): FloatingFault | undefined {
	if (host.platform !== "linux") {
		return { why: "not-permitted", detail: `floating addresses need Linux; this is ${host.platform}` };
	}
	if (parseIpv4(address) === undefined) {
		return { why: "failed", detail: `${JSON.stringify(address)} is not an IPv4 address` };
	}
	if (!INTERFACE_NAME.test(path.name) || !host.interfaces().has(path.name)) {
		return { why: "failed", detail: `the interface ${JSON.stringify(path.name)} does not exist or is not up` };
	}
	if (!sameNetwork(path.address, address, path.prefix)) {
		return {
			why: "failed",
			detail: `${address} is not in the network of ${path.name} (${path.address}/${path.prefix})`,
		};
	}
	const last = broadcastAddress(path.address, path.prefix);
	const first = formatIpv4(((parseIpv4(path.address) ?? 0) & (path.prefix === 0 ? 0 : -1 << (32 - path.prefix))) >>> 0);
	if (path.prefix < 31 && (address === first || address === last)) {
		return { why: "failed", detail: `${address} is the network or broadcast address of ${path.name}` };
	}
	return address === path.address ? ownAddress(address, path.name) : undefined;
}

/** The fault of an address that an interface already has as its own. */
export function ownAddress(address: string, name: string): FloatingFault {
	return { why: "in-use", detail: `${address} is this machine's own address on ${name}` };
}

function readInterfaces(): Map<string, LiveInterface> {
	const found = new Map<string, LiveInterface>();
	for (const [name, infos = []] of Object.entries(networkInterfaces())) {
		const addresses = infos.filter((info) => info.family === "IPv4").map((info) => info.address);
		found.set(name, { mac: infos[0]?.mac ?? "", addresses });
	}
	return found;
}
