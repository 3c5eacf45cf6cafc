import type { RelayServices } from "./relay-services";

/** Tells whether a host is the machine that the relay runs on. @param host an address, or a name in lower case */
export function isThisMachine(
	{ node, host: { network } }: Pick<RelayServices, "node" | "host">,
	host: string,
): boolean {
	if (host === "localhost" || node.isOurName(host) || node.addresses.isThisMachine(host)) return true;
	return network.ipv6Paths().some(({ address }) => address === host);
}
