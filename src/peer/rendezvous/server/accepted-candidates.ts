import type { Endpoint } from "../../../core/endpoint-table";
import { ipFamily, ipKind, sameIpNetwork } from "../../../core/ip-address";
import { CANDIDATES_MAX, type Candidate } from "../../candidate";

/** What a server knows about where a peer is. */
export interface KnownPlaces {
	/** Where its UDP datagrams come from, and other addresses that it has proved; empty: it is there by WebSocket only. */
	readonly seen: readonly Endpoint[];
	/** The addresses of the TURN server. */
	readonly turn: readonly string[];
}

/** Networks of the provider's customers: those of IPv6 have at most this prefix. */
const SUBNET = 64;

/**
 * Chooses the candidates of a peer that others are told, so that nobody's checks can be led to strangers (P2P-14): the addresses that
 * the server saw itself, then of those that the peer names the ones from which no stranger can suffer. Of its own addresses these are
 * private ones, and IPv6 ones of the network that the server saw; mapped ports at the address that the server saw; relayed ones at the
 * TURN server.
 */
export function acceptedCandidates(named: readonly Candidate[], { seen, turn }: KnownPlaces): readonly Candidate[] {
	const accepted: Candidate[] = seen.map(({ address, port }) => ({ kind: "reflexive", address, port }));
	for (const candidate of named) {
		if (accepted.length >= CANDIDATES_MAX) break;
		const { address, port } = candidate;
		const isKnown = accepted.some((other) => other.address === address && other.port === port);
		if (!isKnown && isAccepted(candidate, seen, turn)) accepted.push(candidate);
	}
	return accepted;
}

function isAccepted({ kind, address }: Candidate, seen: readonly Endpoint[], turn: readonly string[]): boolean {
	if (kind === "mapped") return seen.some((place) => place.address === address);
	if (kind === "relayed") return turn.includes(address);
	if (kind !== "host") return false;
	const network = ipKind(address);
	if (network === "private" || network === "shared") return true;
	if (network === "link-local") return ipFamily(address) === 4;
	// The prefix of somebody else's network can't be told from the peer's own unless something came from it.
	return ipFamily(address) === 6 && seen.some((place) => sameIpNetwork(place.address, address, SUBNET));
}
