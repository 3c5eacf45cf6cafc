import type { Dependence } from "../../hosts/virtual/nat-settings";

/** What matters of one NAT for punching. */
export interface NatLevel {
	readonly mapping: Dependence;
	readonly filtering: Dependence;
	/** Each mapping may have another outside address. */
	readonly manyAddresses?: boolean;
}

/**
 * Tells whether two sides can punch a path, each behind the NATs given, from the inner one to the outer one, when each knows the address
 * of the other that a server saw. Neither guesses ports, and no NAT is common to both.
 *
 * A side is *easy* when all its NATs map independently of the endpoint: its public address is the same for all. A check to the address
 * that the server saw passes a NAT that filters nothing; or one that filters by what was sent there before, if the packets to the peer
 * left by the same mapping as those to the server. Whoever gets a check, from whatever port, can answer it.
 */
export function canPunch(a: readonly NatLevel[], b: readonly NatLevel[]): boolean {
	return isReached(a, b) || isReached(b, a);
}

/** True when the peer's checks get in at the public address that the server saw. */
function isReached(levels: readonly NatLevel[], peer: readonly NatLevel[]): boolean {
	const knowsPort = isEasy(peer);
	const knowsAddress = knowsPort || peer.every(({ manyAddresses }) => manyAddresses !== true);
	return levels.every(({ filtering }, i) => {
		if (filtering === "EI") return true;
		return isEasy(levels.slice(0, i + 1)) && (filtering === "AD" ? knowsAddress : knowsPort);
	});
}

function isEasy(levels: readonly NatLevel[]): boolean {
	return levels.every(({ mapping }) => mapping === "EI");
}
