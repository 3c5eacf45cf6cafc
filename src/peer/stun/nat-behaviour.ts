import type { Endpoint } from "../../core/endpoint-table";

/**
 * On what something of a NAT depends besides the inner address and port: on nothing, on the outer address, or on the outer port, too.
 * @see RFC 4787 §4.1, §5
 */
export type NatDependence = "independent" | "address" | "address-and-port";

/** How the NAT in front of a device behaves, as far as it is known. */
export interface NatBehaviour {
	/** The public address and port of the socket that asked; absent: no address server answered. */
	readonly mapped?: Endpoint;
	/** `none`: there is no NAT. `address-and-port` also when nothing tells it from `address`: both need the same remedies. */
	readonly mapping: NatDependence | "none" | "unknown";
	/** From where packets come in: of the NAT or of a firewall. */
	readonly filtering: NatDependence | "unknown";
	/** True: packets to the own public address come back inside. */
	readonly hairpin: boolean;
	/** True: the public port is the socket's own. */
	readonly keepsPort: boolean;
	/** An address server that has two addresses and so can tell the filtering; absent: none has. */
	readonly discovery?: Endpoint;
}

/** What is known before anything was asked. */
export const UNKNOWN_NAT: NatBehaviour = Object.freeze({
	mapping: "unknown",
	filtering: "unknown",
	hairpin: false,
	keepsPort: false,
});

/** True when the NAT gives a socket another public port for each destination, so that an address server's word is worth little (P2P-12). */
export function isSymmetric(nat: NatBehaviour): boolean {
	return nat.mapping === "address" || nat.mapping === "address-and-port";
}

const SHORT: Readonly<Record<NatDependence, string>> = Object.freeze({
	independent: "any address",
	address: "addresses that were sent to",
	"address-and-port": "addresses and ports that were sent to",
});

/** The kind of a NAT, for programs: what direct connections depend on. */
export type NatKind = "unknown" | "none" | "cone" | "symmetric";

/** Tells the kind of a NAT: cone, if it keeps one public port for all destinations. */
export function natKindOf(nat: NatBehaviour): NatKind {
	if (nat.mapping === "unknown" || nat.mapping === "none") return nat.mapping;
	return isSymmetric(nat) ? "symmetric" : "cone";
}

/** Reads the kind of a NAT from another device; anything else counts as `unknown`. */
export function readNatKind(value: unknown): NatKind {
	return value === "none" || value === "cone" || value === "symmetric" ? value : "unknown";
}

/** Describes a NAT for people, in one line. */
export function describeNat(nat: NatBehaviour): string {
	if (nat.mapping === "unknown" && nat.mapped === undefined) return "unknown: no address server answered over UDP";
	const lets = nat.filtering === "unknown" ? "" : `, lets in packets from ${SHORT[nat.filtering]}`;
	if (nat.mapping === "none") return nat.filtering === "independent" ? "none" : `none, but a firewall${lets.slice(1)}`;
	if (nat.mapping === "unknown")
		return `not known: two address servers are needed to find it out (--stun-servers)${lets}`;
	const kind = isSymmetric(nat) ? "symmetric NAT (another port for each destination)" : coneOf(nat);
	return `${kind}${lets}${nat.keepsPort ? ", keeps the port" : ""}${nat.hairpin ? ", hairpin" : ""}`;
}

/** The name that RFC 3489 gave to it, which people know. */
function coneOf({ filtering }: NatBehaviour): string {
	if (filtering === "independent") return "full-cone NAT";
	if (filtering === "address") return "restricted-cone NAT";
	return filtering === "unknown" ? "cone NAT" : "port-restricted NAT";
}
