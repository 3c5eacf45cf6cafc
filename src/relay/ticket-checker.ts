import type { Seconds } from "../core/time";
import { RelaySigner } from "./relay-key";
import { checkRelayTicket, type RelayTicket } from "./relay-ticket";
import type { RelayedContent, RelayOrigin } from "./relayed-content";

/**
 * Checks the tickets of a relay's viewers without asking the origins (REP-12): each with the key that the relay shares with the origin
 * of the content.
 */
export class TicketChecker {
	/** By origin; its key is hashed once. */
	private readonly signers = new Map<string, { readonly key: Uint8Array; readonly signer: RelaySigner }>();

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
		return checkRelayTicket(this.signerOf(known), text, content, now, lasts);
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
