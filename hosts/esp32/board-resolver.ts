import { DNS_PORT, DnsResolver } from "../../src/app/dns-resolver";
import type { Network } from "../../src/ports/net";
import type { Random } from "../../src/ports/random";
import type { Resolver } from "../../src/ports/resolver";
import { Timer } from "../sdk/sdk-classes";
import { stationPaths } from "./interface-info";

/** Resolves names by the home's router, which is the name server of nearly every home. */
export function boardResolver(network: Network, random: Random): Resolver {
	return new DnsResolver(network, random, Timer, {
		servers: () =>
			stationPaths().flatMap(({ gateway }) => (gateway === undefined ? [] : [{ address: gateway, port: DNS_PORT }])),
		known: () => [],
	});
}
