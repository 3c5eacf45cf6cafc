import type { Seconds } from "../core/time";

/** What an account may do: a viewer may watch, an owner may do everything. The names are the user names as well. */
export type Role = "viewer" | "owner";

/**
 * How a client proved its role: a password (by Digest), the token of a session, the token of a viewer link, a ticket
 * from another camera of the fleet, a pass for pictures from there, or only its address, where the LAN needs no password.
 */
export type Proof = "password" | "session" | "link" | "ticket" | "pass" | "neighbour";

/** The right that a route needs. `pictures`: viewers, and clients with a pass for the pictures of this device. */
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
	/** @see Grant.isGuest */
	readonly isGuest?: boolean | undefined;
	/** The user, where it is neither of the two accounts. @see ProgramAccount */
	readonly user?: string;
	/** @see Grant.link */
	readonly link?: string | undefined;
	/** Identifies the session by which it was proved; absent: by another proof. */
	readonly session?: string;
	/** At a relay: the viewer that the ticket names, and the ticket's identifier (REP-12). Absent: admitted without a ticket. */
	readonly relayViewer?: string;
	readonly relayTicket?: string;
}

/** Stands for the session of all who are let in by their address alone: it ends when the LAN needs a password again. */
export const NEIGHBOURS = "neighbours";

/** What identifies the session and the viewer link that a stream was begun with; empty: it has neither. @see isSessionOf */
export function streamSessionOf({ proof, session = "", link }: Admission): string {
	if (proof === "neighbour") return NEIGHBOURS;
	return link === undefined ? session : `${session} ${link}`;
}

/**
 * Whether a stream was begun with a session or a viewer link.
 * @param stream as {@link streamSessionOf} made it
 * @param ended identifies the session, or the link
 */
export function isSessionOf(stream: string, ended: string): boolean {
	return stream === ended || stream.endsWith(` ${ended}`) || stream.startsWith(`${ended} `);
}
