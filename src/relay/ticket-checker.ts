import type { Seconds } from "../core/time";
import { RelaySigner } from "./relay-key";
import { checkRelayTicket, type RelayTicket } from "./relay-ticket";
import type { RelayedContent, RelayOrigin } from "./relayed-content";

/** The texts of how many tickets are remembered. */
const TEXTS_MAX = 1024;

/**
 * Checks the tickets of a relay's viewers without asking the origins (REP-12): each with the key that the relay shares with the origin
 * of the content.
 */
export class TicketChecker {
	/** By origin; its key is hashed once. */
	private readonly signers = new Map<string, { readonly key: Uint8Array; readonly signer: RelaySigner }>();

	/** By identifier, those of tickets that were good, the latest last. */
	private readonly texts = new Map<string, string>();

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
		if (ticket !== undefined) this.remember(ticket.id, text);
		return ticket;
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
