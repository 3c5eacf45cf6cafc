import type { Millis, Octets } from "../core/time";
import type { MeteringRecord } from "./metering-record";

/** Which records are asked for; every member narrows the choice. */
export interface LedgerQuery {
	/** From this time on, and before that one, by the end of a record; milliseconds since 1970. */
	readonly from?: Millis;
	readonly to?: Millis;
	readonly viewer?: string;
	readonly content?: string;
	readonly relay?: string;
}

/** What sums are grouped by. */
export type LedgerGroup = "viewer" | "content" | "relay" | "day";

/** The sum of a group's records. */
export interface LedgerSum {
	/** The viewer, content or relay; the UTC day as `2026-11-27`. */
	readonly key: string;
	readonly sessions: number;
	readonly records: number;
	readonly payload: Octets;
	readonly total: Octets;
	readonly packets: number;
	readonly frames: number;
	readonly drops: number;
	/** Milliseconds watched. */
	readonly time: Millis;
	/** Amounts in millionths by currency, in the order of the currencies' names. */
	readonly amounts: readonly (readonly [currency: string, amount: number])[];
}

/**
 * Names a record in a ledger. The identifier alone would not do: a relay could take that of another relay's record, which it has seen on
 * the way, and so keep it out.
 */
export function keyOfRecord({ relay, id }: Pick<MeteringRecord, "relay" | "id">): string {
	return `${relay}/${id}`;
}

/** How it became known that a ticket was used: the relay showed it upstream, the viewer's page saw a picture, or a client followed a redirect. */
export type TicketWitness = "upstream" | "page" | "redirect";

/** A ticket that was used. */
export interface RedeemedTicket {
	/** @see RelayTicket.id */
	readonly ticket: string;
	readonly relay: string;
	readonly viewer: string;
	readonly content: string;
	readonly at: Millis;
	readonly witness: TicketWitness;
}

/** The origin's ledger of metering records (REP-8, ONE-9). Answers come later; callbacks are called once. */
export interface Ledger {
	/**
	 * Stores records, all or none; a record is not stored again whose identifier is there already, of the same relay (exactly once).
	 * @param done `undefined`: they are on the medium, synced; otherwise why not: nothing was stored
	 */
	store(records: readonly MeteringRecord[], done: (fault: string | undefined, added: number) => void): void;
	/** Notes that a ticket was used; harmless when repeated. The first witness is kept, but any is better than a redirect. */
	redeemed(ticket: RedeemedTicket): void;
	/** Newest first. @param limit at most so many @param before only records older than the one with this {@link keyOfRecord}; empty: all */
	list(
		query: LedgerQuery,
		limit: number,
		before: string,
		answered: (records: readonly MeteringRecord[] | undefined) => void,
	): void;
	sum(query: LedgerQuery, by: LedgerGroup, answered: (sums: readonly LedgerSum[] | undefined) => void): void;
	/** Tickets that were used before `until` and of which there is no record (REP-12). */
	unrecorded(until: Millis, answered: (tickets: readonly RedeemedTicket[] | undefined) => void): void;
	/** Closes the medium. */
	close(done: () => void): void;
}
