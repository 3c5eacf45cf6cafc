import { readFileSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import type { Path } from "../../src/core/path";

/** Which network interfaces the product may use. */
export interface InterfaceChoice {
	/** Names of the only interfaces to use; empty or absent: all but loopback. */
	readonly use?: readonly string[];
	/** Names of interfaces to leave alone. */
	readonly ignore?: readonly string[];
	/** Addresses that make no path of their own: those that float among the cameras. */
	readonly leaveOut?: readonly string[];
}

/** A route through a router, and not only to a neighbour (Linux, `include/uapi/linux/route.h`). */
const RTF_GATEWAY = 2;
const NO_MAC = "00:00:00:00:00:00";

/** Lists the interfaces that are up and have an IPv4 address; loopback if it is named or there is nothing else. */
export function readPaths(choice: InterfaceChoice): Path[] {
	const gateways = readDefaultGateways();
	const { use = [], ignore = [], leaveOut = [] } = choice;
	const paths: Path[] = [];
	const loopback: Path[] = [];
	for (const [name, infos = []] of Object.entries(networkInterfaces())) {
		if (ignore.includes(name) || (use.length > 0 && !use.includes(name))) continue;
		for (const info of infos) {
			if (info.family !== "IPv4" || info.cidr === null || leaveOut.includes(info.address)) continue;
			const list = info.internal && use.length === 0 ? loopback : paths;
			list.push(pathOf(name, info, gateways.get(name)));
		}
	}
	return paths.length > 0 ? paths : loopback;
}

function pathOf(name: string, info: NetworkInterfaceInfo, gateway: string | undefined): Path {
	return Object.freeze({
		name,
		address: info.address,
		prefix: Number(info.cidr?.split("/")[1]),
		...(gateway !== undefined && { gateway }),
		...(info.mac !== NO_MAC && { mac: info.mac }),
	});
}

/** The router of each interface that has a default route; empty where the host does not say (outside Linux). */
function readDefaultGateways(): Map<string, string> {
	try {
		return parseRoutes(readFileSync("/proc/net/route", "latin1"));
	} catch {
		return new Map();
	}
}

/**
 * Reads the default gateway of each interface, the one of least metric, from the text of `/proc/net/route`.
 * Addresses there are hexadecimal in the machine's own order, which is little-endian on all that Node.js supports.
 */
export function parseRoutes(text: string): Map<string, string> {
	const best = new Map<string, { gateway: string; metric: number }>();
	for (const line of text.split("\n").slice(1)) {
		const [name, destination, gateway, flags, , , metric, mask] = line.trim().split(/\s+/);
		if (destination !== "00000000" || mask !== "00000000" || (Number.parseInt(flags, 16) & RTF_GATEWAY) === 0) continue;
		const known = best.get(name);
		if (known !== undefined && known.metric <= Number(metric)) continue;
		best.set(name, { gateway: Buffer.from(gateway, "hex").reverse().join("."), metric: Number(metric) });
	}
	return new Map([...best].map(([name, { gateway }]) => [name, gateway]));
}
