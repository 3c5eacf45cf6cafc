import type { IpFamily } from "../../core/ip-address";
import { ipKind } from "../../core/ip-address";
import type { Path } from "../../core/path";
import { CANDIDATES_MAX, type Candidate } from "../../peer/candidate";

/** The most candidates of the host itself: one place is left for a port that the gateway has mapped, one for what the server sees. */
const HOST_MAX = CANDIDATES_MAX - 2;
/** Of each family at most so many, as some hosts have dozens of bridges. */
const FAMILY_MAX = 4;

/**
 * Returns the host candidates of an endpoint (P2P-5): the addresses of its interfaces at which others may reach it, those of IPv4 first.
 * No loopback addresses, and no link-local ones, which say nothing without a zone.
 * @param portOf returns the local port of a family; 0: there is no socket
 */
export function hostCandidates(
	paths: readonly Path[],
	ipv6Paths: readonly Path[],
	portOf: (family: IpFamily) => number,
): readonly Candidate[] {
	const candidates: Candidate[] = [];
	add(candidates, paths, portOf(4));
	add(candidates, ipv6Paths, portOf(6));
	return candidates.slice(0, HOST_MAX);
}

function add(candidates: Candidate[], paths: readonly Path[], port: number): void {
	if (port === 0) return;
	let count = 0;
	for (const { address } of paths) {
		const kind = ipKind(address);
		const isUseful = kind === "private" || kind === "shared" || kind === "public" || kind === "reserved";
		if (!isUseful || address.includes("%") || count >= FAMILY_MAX) continue;
		if (candidates.some((other) => other.address === address)) continue;
		candidates.push({ kind: "host", address, port });
		count++;
	}
}
