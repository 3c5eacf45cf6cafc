import type { Seconds } from "../core/time";
import type { Grant, Moment } from "./access-tokens";
import type { Role } from "./role";

/** How long a ticket is valid at most. */
const LIFE: Seconds = 300;
/** How often new tickets are issued, so that each is still valid for minutes when it is used. */
const STEP: Seconds = 120;
/** The most issued tickets that are remembered: for the cameras of a fleet and a few visitors. */
const TICKETS_MAX = 128;

/** Signs with a key that the cameras of a fleet share and that changes when all sessions end. */
export interface TicketKey {
	/** Returns the signature in hexadecimal digits; empty without a key. */
	sign(text: string): string;
	verify(text: string, signature: string): boolean;
}

/** What a ticket is for: a session with a role, or only the pictures of one camera. */
export type TicketUse = Role | "pictures";

/** What a ticket grants. */
export interface TicketGrant extends Grant {
	/** True: nothing but pictures, and no session. */
	readonly onlyPictures: boolean;
}

/**
 * Issues and checks the tickets that let a user who is logged in at one camera of a fleet in at the others.
 *
 * A link to another camera carries a ticket in its query (`pass`). It is signed with the fleet's key, is valid for one
 * camera and a few minutes, and contains the end of the user's session: the session that begins with it ends then.
 * The address of a picture carries a ticket for pictures only, which is worth little to an observer.
 */
export class Tickets {
	/** Tickets issued in the current period: a board is too slow to sign one for each camera each second. */
	private readonly issued = new Map<string, string>();
	private issuedPeriod = -1;

	constructor(private readonly key: TicketKey) {}

	/** Returns the number of the period, within which tickets do not change. @param seconds of a {@link Moment} */
	periodOf(seconds: Seconds): number {
		return Math.floor(seconds / STEP);
	}

	/**
	 * Issues the ticket for a camera; empty without a key or a date, or when the session has ended.
	 * @param until when the user's session ends, in seconds since 1970
	 * @param link the viewer link that the user came by; absent: none. @see Grant.link
	 */
	issue(use: TicketUse, camera: string, now: Moment, until: Seconds, link?: string): string {
		if (now.epoch !== "u" || until <= now.seconds) return "";
		const period = this.periodOf(now.seconds);
		if (period !== this.issuedPeriod || this.issued.size >= TICKETS_MAX) this.forget();
		this.issuedPeriod = period;
		const end = period * STEP + LIFE;
		// The same for all sessions.
		const last = use === "pictures" ? end + STEP : until;
		const origin = link === undefined ? "" : `-${link}`;
		const text = `${use[0]}.${end.toString(36)}.${this.periodOf(last).toString(36)}${origin}`;
		const name = `${text}.${camera}`;
		let ticket = this.issued.get(name);
		if (ticket === undefined) {
			const signature = this.key.sign(name);
			ticket = signature === "" ? "" : `${text}.${signature}`;
			this.issued.set(name, ticket);
		}
		return ticket;
	}

	/** Forgets the tickets issued so far. Call it when the key has changed. */
	forget(): void {
		this.issued.clear();
	}

	/** Returns what a ticket grants at this camera; `undefined` when it is forged, for another camera, or expired. */
	check(ticket: string, camera: string, now: Moment): TicketGrant | undefined {
		if (ticket.length > 80 || now.epoch !== "u") return undefined;
		const [role, end = "", last = "", signature = "", more] = ticket.split(".");
		const over = Number.parseInt(end, 36);
		if (more !== undefined || !(over > now.seconds) || over > now.seconds + LIFE + STEP) return undefined;
		const until = Number.parseInt(last, 36) * STEP;
		if (!(until > now.seconds)) return undefined;
		if (!this.key.verify(`${role}.${end}.${last}.${camera}`, signature)) return undefined;
		const grant = { role: role === "o" ? ("owner" as const) : ("viewer" as const), until, onlyPictures: role === "p" };
		const link = last.split("-")[1];
		return link === undefined ? grant : { ...grant, link };
	}
}
