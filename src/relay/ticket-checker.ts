import type { Seconds } from "../core/time";
import { RelaySigner } from "./relay-key";
import { checkRelayTicket, isOfLink, type RelayTicket } from "./relay-ticket";
import type { RelayedContent, RelayOrigin } from "./relayed-content";

/** The texts of how many tickets are remembered. */
const TEXTS_MAX = 1024;
/** How many revoked links of one origin are remembered. Its members name at most 20 each, nearly always the same ones. */
const REVOKED_MAX = 128;

/**
 * Checks the tickets of a relay's viewers without asking the origins (REP-12): each with the key that the relay shares with the origin
 * of the content.
 */
export class TicketChecker {
	/** By origin; its key is hashed once. */
	private readonly signers = new Map<string, { readonly key: Uint8Array; readonly signer: RelaySigner }>();

	/** By identifier, those of tickets that were good, the latest last. */
	private readonly texts = new Map<string, string>();

	/** The viewer links that the owners of origins have revoked, by origin; those that were named last come last. */
	private readonly revoked = new Map<string, Set<string>>();

	/** @param origins by name; entries may be added, replaced and removed later */
	constructor(private readonly origins: ReadonlyMap<string, RelayOrigin>) {}

	/**
	 * Returns what a ticket grants for a content; `undefined`: nothing.
	 * @param now in seconds since 1970; `undefined`: the date is not known, so no ticket is good
	 * @param lasts true: for a session that began before the ticket ended
	 */
	check(
		text: string,
		{ origin, content }: RelayedContent,
		now: Seconds | undefined,
		lasts = false,
	): RelayTicket | undefined {
		const known = this.origins.get(origin);
		if (now === undefined || known === undefined) return undefined;
		const ticket = checkRelayTicket(this.signerOf(known), text, content, now, lasts);
		if (ticket !== undefined && this.isRevoked(origin, ticket.id)) return undefined;
		if (ticket !== undefined) this.remember(ticket.id, text);
		return ticket;
	}

	/** An origin says that its owner has revoked these viewer links. @see RegistrationAnswer.revoked */
	revoke(origin: string, links: readonly string[]): void {
		const known = this.revoked.get(origin) ?? new Set();
		this.revoked.set(origin, known);
		for (const link of links) {
			known.delete(link);
			known.add(link);
		}
		for (const oldest of known) if (known.size > REVOKED_MAX) known.delete(oldest);
	}

	/** Whether a ticket was given to a visitor with a link that is revoked. @param id of the ticket */
	isRevoked(origin: string, id: string): boolean {
		for (const link of this.revoked.get(origin) ?? []) if (isOfLink(id, link)) return true;
		return false;
	}

	/** Returns the text of a ticket that was good a while ago; `undefined`: it is not remembered. */
	textOf(id: string): string | undefined {
		return this.texts.get(id);
	}

	private remember(id: string, text: string): void {
		this.texts.delete(id);
		this.texts.set(id, text);
		if (this.texts.size <= TEXTS_MAX) return;
		for (const oldest of this.texts.keys()) {
			this.texts.delete(oldest);
			break;
		}
	}

	private signerOf({ name, key }: RelayOrigin): RelaySigner {
		let entry = this.signers.get(name);
		if (entry?.key !== key) {
			entry = { key, signer: new RelaySigner(key, "tickets") };
			this.signers.set(name, entry);
		}
		return entry.signer;
	}
}
