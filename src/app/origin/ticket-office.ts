import type { Admission } from "../../access/role";
import type { Millis, Seconds } from "../../core/time";
import type { Random } from "../../ports/random";
import {
	checkRelayTicket,
	drawTicketId,
	issueRelayTicket,
	isTicketViewer,
	type RelayTicket,
} from "../../relay/relay-ticket";
import type { FleetRelayKeys } from "./fleet-relay-keys";

/** How long a ticket is valid that a page or a redirect contains: players connect again by the same URL for a while. */
const SHORT_LIFE: Seconds = 4 * 3600;

/** A ticket and its text. */
export interface IssuedTicket extends RelayTicket {
	readonly text: string;
}

/** Signs the tickets by which viewers are admitted at the relays of a fleet, and checks those that come back (REP-12). */
export class TicketOffice {
	constructor(
		private readonly keys: FleetRelayKeys,
		private readonly random: Pick<Random, "fill">,
		/** The date in milliseconds since 1970; `undefined` while it is not known. */
		private readonly utc: () => Millis | undefined,
	) {}

	/**
	 * Signs a ticket for a visitor of our pages, which ends with what admitted the visitor, and after four hours at the latest.
	 * @returns `undefined` while there is no key or no date, and for visitors who get nothing that outlasts their request
	 */
	issueFor(visitor: Admission, relay: string, content: string): IssuedTicket | undefined {
		const utc = this.utc();
		const life = utc === undefined ? 0 : Math.min(SHORT_LIFE, visitor.until - utc / 1000);
		return life < 1 ? undefined : this.issue(relay, content, ticketViewerOf(visitor), life, visitor.link);
	}

	/**
	 * Signs a ticket.
	 * @param viewer the name in the records: {@link isTicketViewer}
	 * @param link the viewer link that it ends with when the owner revokes it @default none
	 * @returns `undefined` while there is no key or no date
	 */
	issue(relay: string, content: string, viewer: string, life: Seconds, link?: string): IssuedTicket | undefined {
		const utc = this.utc();
		const [signer] = this.keys.signersOf(relay, "tickets");
		if (utc === undefined || signer === undefined || !isTicketViewer(viewer)) return undefined;
		const ticket = { id: drawTicketId(this.random, link), viewer, content, until: Math.floor(utc / 1000 + life) };
		return { ...ticket, text: issueRelayTicket(signer, ticket) };
	}

	/** Returns what the text of a ticket says that this fleet has signed, also when it has ended since; `undefined`: it has not. */
	read(relay: string, content: string, text: string): RelayTicket | undefined {
		const now = (this.utc() ?? Number.NaN) / 1000;
		for (const signer of this.keys.signersOf(relay, "tickets")) {
			const ticket = checkRelayTicket(signer, text, content, now, true);
			if (ticket !== undefined) return ticket;
		}
		return undefined;
	}
}

/** Whom a ticket names that a visitor of our pages gets (ONE-5): the account, or how else the visitor was admitted. */
function ticketViewerOf({ role, proof }: Admission): string {
	return proof === "link" || proof === "pass" || proof === "neighbour" ? proof : role;
}
