import { addressKind } from "../../../src/core/ipv4";
import type { GatewayHost } from "./gateway-host";
import type { Mapping, MappingRequest } from "./port-table";

/**
 * Decides whether a gateway accepts a mapping, with the checks in the order of miniupnpd.
 * @param from the address of the client
 * @param connected whether the service has a connection
 * @returns an error code of WANIPConnection §2.4.16, or `undefined` when it accepts it
 */
export function refusal(
	gateway: GatewayHost,
	request: MappingRequest,
	from: string,
	connected = true,
): number | undefined {
	const { quirks, table, wanAddress } = gateway;
	const { transport, externalPort, address, port, lease } = request;
	const isPrivate = quirks.hidesPrivateWan && addressKind(wanAddress) !== "public";
	if (!connected || quirks.accessPoint || isPrivate) return 501;
	if (quirks.permissionOff) return 606;
	if (externalPort === 0 && quirks.portZero !== "all") return quirks.portZero;
	if ((externalPort !== 0 && externalPort < quirks.minimumPort) || port < quirks.minimumPort) return 606;
	if (quirks.leases === "permanent-725" && lease !== 0) return 725;
	if (quirks.leases === "permanent-402" && lease !== 0) return 402;
	if (quirks.leases === "finite-402" && lease === 0) return 402;
	if (quirks.phantomConflicts.includes(externalPort)) return 718;
	if (quirks.routerPorts.includes(externalPort)) return 729;
	const byHand = quirks.manualForwards.some((manual) => manual.externalPort === externalPort);
	if (byHand && !quirks.ignoresManualForwards) return 729;
	const before = table.get(transport, externalPort);
	if (before !== undefined && before.address !== address && quirks.checksConflicts) return 718;
	if (before !== undefined && quirks.refusesRenewal) return 718;
	return quirks.secure && address !== from ? quirks.addForeignCode : undefined;
}

/**
 * Finds a port for a mapping of PCP or NAT-PMP: the client's old one, the suggested one, or silently the next free.
 * @returns an error code of WANIPConnection when there is none
 */
export function placeMapping(
	gateway: GatewayHost,
	request: Omit<MappingRequest, "externalPort">,
	own: Mapping | undefined,
	suggested: number,
	tries: number,
): Mapping | number {
	const { quirks, table } = gateway;
	if (own !== undefined) return table.put({ ...request, externalPort: own.externalPort });
	if (table.size >= quirks.tableSize) return 728;
	const first = suggested === 0 ? request.port : suggested;
	for (let i = 0; i < tries; i++) {
		const externalPort = first + i;
		if (externalPort > 65535) break;
		// Which leases UPnP accepts does not matter to PCP.
		const code = refusal(gateway, { ...request, externalPort, lease: leaseFor(quirks.leases) }, request.address);
		const taken = table.get(request.transport, externalPort) !== undefined;
		if (code === undefined && !taken) return table.put({ ...request, externalPort });
		if (code !== undefined && code !== 718 && code !== 729) return code;
	}
	return 718;
}

function leaseFor(leases: string): number {
	return leases.startsWith("permanent") ? 0 : 3600;
}
