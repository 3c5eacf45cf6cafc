import type { Cidr } from "../core/cidr";
import { ipFamily, ipKind, sameIpNetwork } from "../core/ip-address";
import type { RelayedContent, RelayProtocol } from "./relayed-content";

/** On what terms a content is relayed. */
export type ContentTerms = Pick<RelayedContent, "origin" | "needsLogin" | "tariff">;

/** Servers that viewers may name themselves, by embedded URLs and proxy requests, and on what terms. */
export interface AllowRule extends ContentTerms {
	/** A host name in lower case, or a network. */
	readonly host: string | Cidr;
	/** 0: any port. */
	readonly port: number;
	/** `undefined`: both. */
	readonly protocol: RelayProtocol | undefined;
}

/**
 * Finds the first rule for a server. A server that no rule names is not relayed, so the relay is never an open proxy; and a network
 * never covers addresses that can't be another machine's.
 * @param host a name in lower case, or a canonical address
 */
export function ruleFor(
	rules: readonly AllowRule[],
	protocol: RelayProtocol,
	host: string,
	port: number,
): AllowRule | undefined {
	const isAddress = ipFamily(host) !== undefined;
	if (isAddress && !isOfOtherMachine(host)) return undefined;
	return rules.find((rule) => {
		if ((rule.port !== 0 && rule.port !== port) || (rule.protocol ?? protocol) !== protocol) return false;
		if (typeof rule.host === "string") return rule.host === host;
		return isAddress && sameIpNetwork(rule.host.address, host, rule.host.prefix);
	});
}

/** Tells whether an address can be that of another machine: not loopback, unspecified, multicast or broadcast. */
export function isOfOtherMachine(address: string): boolean {
	const kind = ipKind(address);
	return (
		kind !== undefined &&
		kind !== "loopback" &&
		kind !== "unspecified" &&
		kind !== "multicast" &&
		address !== "255.255.255.255"
	);
}
