import { ipFamily, ipKind, networkOf, sameIpNetwork } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { AddressRow, RowDirection, RowProtocol } from "./address-row";

const DYNAMIC = Object.freeze({ kind: "dynamic" as const });

/** Tells whether a client is on this machine or in a network of one of its interfaces. */
export function isNear(client: string, local: string, paths: readonly Path[]): boolean {
	return client === local || ipKind(client) === "loopback" || ownPath(client, paths) !== undefined;
}

/**
 * Finds the interface by which media leaves for clients elsewhere (B): one with a router, in another network than the control
 * connection's (A).
 * @returns its address, or that of the control connection where there is no other
 */
function mediaAddress(local: string, paths: readonly Path[]): string {
	const family = ipFamily(local);
	for (const { address, prefix, gateway = "" } of paths) {
		if (gateway === "" || ipFamily(address) !== family || ipKind(address) === "link-local") continue;
		if (address !== local && !sameIpNetwork(address, local, prefix)) return address;
	}
	return local;
}

/**
 * Makes the row that the rule gives to a client: its own network → A; elsewhere, and the protocol also receives → A; elsewhere, and
 * it only sends → B (STR-18).
 * @param local the address that its control connection came to: A
 * @returns `undefined`: the control connection has another family than the client
 */
export function ruleRow(
	protocol: RowProtocol,
	direction: RowDirection,
	client: string,
	local: string,
	paths: readonly Path[],
): AddressRow | undefined {
	const family = ipFamily(client);
	if (family === undefined || family !== ipFamily(local)) return undefined;
	const own = ownPath(client, paths);
	const near = own !== undefined || isNear(client, local, paths);
	// One that is on this machine, by an address of no interface, is a network of its own.
	const prefix = near ? (own?.prefix ?? (family === 4 ? 32 : 128)) : 0;
	return {
		network: networkOf(client, prefix) as string,
		prefix,
		protocol,
		direction,
		unit: protocol === "RTP" ? "RTP sender" : "RTCP sender and receiver",
		advertised: "",
		bound: protocol === "RTP" && !near ? mediaAddress(local, paths) : local,
		boundPort: DYNAMIC,
		advertisedPort: "pair",
		configured: false,
	};
}

function ownPath(client: string, paths: readonly Path[]): Path | undefined {
	let own: Path | undefined;
	for (const path of paths)
		if ((own === undefined || path.prefix > own.prefix) && sameIpNetwork(path.address, client, path.prefix)) own = path;
	return own;
}
