import type { Seconds } from "../core/time";

/** What an account may do: a viewer may watch, an owner may do everything. The names are the user names as well. */
export type Role = "viewer" | "owner";

/**
 * How a client proved its role: a password (by Digest), the token of a session, the token of a viewer link, a ticket
 * from another camera of the fleet, a pass for pictures from there, or only its address, where the LAN needs no password.
 */
export type Proof = "password" | "session" | "link" | "ticket" | "pass" | "neighbour";

/** Who may use a route. `pictures`: viewers, and clients with a pass for the pictures of this device. */
export type Need = "anyone" | "pictures" | Role;

/** Tells whether a role (`undefined`: nobody is logged in) satisfies what a route needs. */
export function permits(role: Role | undefined, need: Need): boolean {
	return need === "anyone" || role === "owner" || (role === "viewer" && need !== "owner");
}

/** What is known about an authenticated client; HTTP requests carry it as their visitor. */
export interface Admission {
	readonly role: Role;
	readonly proof: Proof;
	/** When the proof expires, in seconds as `Moment` counts them; 0: nothing longer-lived may be derived from it. */
	readonly until: Seconds;
	/** Identifies the session by which it was proved; absent: by another proof. */
	readonly session?: string;
	/** At a relay: whom the ticket names, and the ticket's identifier (REP-12). Absent: admitted without a ticket. */
	readonly relayViewer?: string;
	readonly relayTicket?: string;
}
