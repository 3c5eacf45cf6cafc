import { readdirSync, readFileSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { formatIp, ipKind } from "../../src/core/ip-address";
import type { Path } from "../../src/core/path";

/** The network interfaces to use. */
export interface InterfaceChoice {
	/** Names of the only interfaces to use. Empty or absent: all except loopback. */
	readonly use?: readonly string[];
	/** Names of interfaces not to use. */
	readonly ignore?: readonly string[];
	/** Addresses that are not listed: the floating addresses of the fleet. */
	readonly leaveOut?: readonly string[];
}

/** The flag of a route through a router (Linux, `include/uapi/linux/route.h`). */
const RTF_GATEWAY = 2;
const NO_MAC = "00:00:00:00:00:00";

/** Lists the interfaces that are up and have an IPv4 address; loopback only if it is named or there is no other. */
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

/**
 * Lists the interfaces that are up, once for each stable IPv6 address; loopback only if it is named.
 * Empty where the host does not tell which addresses are stable (other systems than Linux).
 */
export function readIpv6Paths(choice: InterfaceChoice): Path[] {
	const { use = [], ignore = [], leaveOut = [] } = choice;
	const paths: Path[] = [];
	const macs = new Map<string, string>();
	for (const [name, infos = []] of Object.entries(networkInterfaces())) {
		if (infos.length > 0 && infos[0].mac !== NO_MAC) macs.set(name, infos[0].mac);
	}
	const gateways = parseIpv6Routes(textOf("/proc/net/ipv6_route"));
	for (const { name, address, prefix } of parseIpv6Addresses(textOf("/proc/net/if_inet6"))) {
		const named = use.length > 0 ? use.includes(name) : address !== "::1";
		if (!named || ignore.includes(name) || leaveOut.includes(address)) continue;
		const mac = macs.get(name);
		const gateway = gateways.get(name);
		paths.push(
			Object.freeze({
				name,
				address,
				prefix,
				...(gateway !== undefined && { gateway }),
				...(mac !== undefined && { mac }),
			}),
		);
	}
	return paths;
}

/** Lists all interfaces of this machine for messages: those with addresses first, and on Linux those without. */
export function listInterfaces(): { readonly name: string; readonly address: string }[] {
	const known = Object.entries(networkInterfaces()).map(([name, infos = []]) => ({
		name,
		address: (infos.find(({ family }) => family === "IPv4") ?? infos[0])?.address ?? "",
	}));
	try {
		for (const name of readdirSync("/sys/class/net"))
			if (!known.some((each) => each.name === name)) known.push({ name, address: "" });
	} catch {
		// Not Linux, or no /sys: the list is for a message only.
	}
	return known;
}

/** Flags of addresses that are not stable (Linux, `include/uapi/linux/if_addr.h`): temporary, DAD failed, deprecated, tentative. */
const UNSTABLE = 0x01 | 0x08 | 0x20 | 0x40;

/** Reads the stable addresses from the text of `/proc/net/if_inet6`; link-local ones get their zone. */
export function parseIpv6Addresses(text: string): { name: string; address: string; prefix: number }[] {
	const addresses: { name: string; address: string; prefix: number }[] = [];
	for (const line of text.split("\n")) {
		const [hex = "", , prefix = "", , flags = "", name = ""] = line.trim().split(/\s+/);
		if (!/^[0-9a-f]{32}$/.test(hex) || name === "" || (Number.parseInt(flags, 16) & UNSTABLE) !== 0) continue;
		const bare = formatIp(Buffer.from(hex, "hex"));
		const address = ipKind(bare) === "link-local" ? `${bare}%${name}` : bare;
		addresses.push({ name, address, prefix: Number.parseInt(prefix, 16) });
	}
	return addresses;
}

/**
 * Reads the default router with the lowest metric of each interface from the text of `/proc/net/ipv6_route`; link-local ones get
 * their zone.
 */
export function parseIpv6Routes(text: string): Map<string, string> {
	const best = new Map<string, { gateway: string; metric: number }>();
	for (const line of text.split("\n")) {
		const [destination = "", prefix, , , next = "", metricHex = "", , , flags = "", name = ""] = line
			.trim()
			.split(/\s+/);
		const isDefault = /^0{32}$/.test(destination) && prefix === "00" && /^[0-9a-f]{32}$/.test(next);
		if (!isDefault || name === "" || (Number.parseInt(flags, 16) & RTF_GATEWAY) === 0) continue;
		const metric = Number.parseInt(metricHex, 16);
		const known = best.get(name);
		if (known !== undefined && known.metric <= metric) continue;
		const bare = formatIp(Buffer.from(next, "hex"));
		best.set(name, { gateway: ipKind(bare) === "link-local" ? `${bare}%${name}` : bare, metric });
	}
	return new Map([...best].map(([name, { gateway }]) => [name, gateway]));
}

function textOf(file: string): string {
	try {
		return readFileSync(file, "latin1");
	} catch {
		return "";
	}
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

/** Returns the router of each interface that has a default route; empty on other systems than Linux. */
function readDefaultGateways(): Map<string, string> {
	return parseRoutes(textOf("/proc/net/route"));
}

/**
 * Reads the default gateway with the lowest metric of each interface from the text of `/proc/net/route`.
 * Addresses are hexadecimal in the byte order of the machine, which is little-endian wherever Node.js runs.
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
