import type { FleetMessage } from "../wire/fleet-message";
import type { Candidate } from "./succession-contract";

type Port = Pick<Candidate, "id" | "externalPort">;

/** Orders cameras by fitness: those that answer before others, then by priority, then by external port. */
export function fittestFirst(candidates: Iterable<Candidate>): string[] {
	return [...candidates]
		.sort((a, b) => Number(a.missed > 0) - Number(b.missed > 0) || b.priority - a.priority || byPort(a, b))
		.map((candidate) => candidate.id);
}

/** Orders cameras by how likely they have heard the representative: its heirs first, then the fittest. */
export function heirsFirst(heirs: readonly string[], candidates: Iterable<Candidate>): string[] {
	const all = fittestFirst(candidates);
	const first = heirs.filter((heir) => all.includes(heir));
	return [...first, ...all.filter((candidate) => !first.includes(candidate))];
}

/** Counts the cameras that come before `self` in the order of external ports (IMG-23). */
export function portPosition(candidates: Iterable<Candidate>, self: Port): number {
	let position = 0;
	for (const candidate of candidates) if (byPort(candidate, self) < 0) position++;
	return position;
}

/** Orders by external port, those without one last, then by identity. */
function byPort(a: Port, b: Port): number {
	return (a.externalPort || 65536) - (b.externalPort || 65536) || (a.id < b.id ? -1 : 1);
}

/**
 * The total order of claims: compares (term, priority, identity) with those of a message. Terms wrap.
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
