import type { Seconds } from "../core/time";

/** Who a visitor is. An owner may do all; a viewer may look. The names are the names to log in with as well. */
export type Role = "viewer" | "owner";

/**
 * By what a visitor shows who he is: a password (by Digest), the cookie of a session, the token of a link or a pass, or
 * nothing but his address, where the LAN is open.
 */
export type Proof = "password" | "session" | "token" | "neighbour";

/** Who may use a route. */
export type Need = "anyone" | Role;

/** Tells whether a visitor in a role may use what needs another. */
export function permits(role: Role | undefined, need: Need): boolean {
	return need === "anyone" || role === "owner" || role === need;
}

/** What the gate knows about a client that it has let in; requests carry it as their visitor. */
export interface Admission {
	readonly role: Role;
	readonly proof: Proof;
	/** When the proof ends, in seconds as `Moment` reckons them; 0: nothing that ends later may come of it. */
	readonly until: Seconds;
}
