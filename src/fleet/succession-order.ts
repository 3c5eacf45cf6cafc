import type { FleetMessage } from "../wire/fleet-message";
import type { Candidate } from "./succession-contract";

type Place = Pick<Candidate, "id" | "externalPort">;

/** Orders cameras by how fit they are: those that answer before others, by priority, then by external port. */
export function fittestFirst(peers: Iterable<Candidate>): string[] {
	return [...peers]
		.sort((a, b) => Number(a.missed > 0) - Number(b.missed > 0) || b.priority - a.priority || byPort(a, b))
		.map((peer) => peer.id);
}

/** Orders cameras by who may have heard the representative: its heirs, then anybody. */
export function heirsFirst(heirs: readonly string[], peers: Iterable<Candidate>): string[] {
	const all = fittestFirst(peers);
	const first = heirs.filter((heir) => all.includes(heir));
	return [...first, ...all.filter((peer) => !first.includes(peer))];
}

/** Counts the cameras that come before `self` in the order of external ports (IMG-23). */
export function portPlace(peers: Iterable<Candidate>, self: Place): number {
	let place = 0;
	for (const peer of peers) if (byPort(peer, self) < 0) place++;
	return place;
}

/** Orders by external port, those without one last, then by identity. */
function byPort(a: Place, b: Place): number {
	return (a.externalPort || 65536) - (b.externalPort || 65536) || (a.id < b.id ? -1 : 1);
}

/**
 * The fixed rule: compares (term, priority, identity) with those of a message. Terms wrap.
 * @returns more than 0 when the first is the larger
 * @see RFC 1982 §3.2
 */
export function compareClaims(term: number, priority: number, id: string, other: FleetMessage): number {
	return (term - other.term) | 0 || priority - (other.priority ?? 0) || (id < other.sender ? -1 : 1);
}

/** True when term `a` is after `b`. */
export function isAfter(a: number, b: number): boolean {
	return ((a - b) | 0) > 0;
}
