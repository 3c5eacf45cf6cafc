import { isHex } from "../base/hex";
import { HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Seconds } from "../core/time";
import { PASSWORD_OCTETS } from "./introduction";
import { HOME_DIGITS, PEER_DIGITS } from "./peer-registry";

/** Lets somebody who is no member of a home find its devices and be introduced to them. */
export interface PeerTicket {
	/** The home, HOME_DIGITS. */
	readonly home: string;
	/** The one device that it is for, PEER_DIGITS; `*`: all devices of the home. */
	readonly scope: string;
	/** When it ends, in seconds since 1970. */
	readonly until: Seconds;
	/** Tells tickets apart: 1 to {@link TICKET_ID_MAX} characters out of `a-z 0-9`. */
	readonly id: string;
}

/** The most characters of {@link PeerTicket.id}. */
const TICKET_ID_MAX = 16;
/** Characters of the longest ticket. */
export const PEER_TICKET_MAX = 2 + HOME_DIGITS + 1 + PEER_DIGITS + 1 + 7 + 1 + TICKET_ID_MAX;
/** The longest lifetime of a ticket: ten years, as a paired viewer keeps its ticket until the home's secret changes. */
export const PEER_TICKET_LIFE_MAX: Seconds = 316_224_000;
/** How far the clocks of a home and a server may differ. */
const CLOCK_DIFFERENCE: Seconds = 300;
/** The scope of a ticket for all devices. */
export const ALL_DEVICES = "*";
/** The end of a ticket that its maker, who doesn't know the date, can't give: it never ends. */
export const NEVER: Seconds = 36 ** 7 - 1;

const CHECK_LABEL = utf8Encode("porthole check");

/**
 * Writes a ticket: `p.<home>.<scope>.<end in base 36>.<id>`. It proves nothing by itself: its user proves that he has the
 * secret that belongs to it. @see peerTicketSecret
 * @throws {RangeError} when a part can't stand in a ticket
 */
export function issuePeerTicket({ home, scope, until, id }: PeerTicket): string {
	const text = `p.${home}.${scope}.${Math.floor(until).toString(36)}.${id}`;
	if (parsePeerTicket(text) === undefined) throw new RangeError("peer ticket");
	return text;
}

/** Reads a ticket; `undefined` when it is malformed. */
export function parsePeerTicket(text: string): PeerTicket | undefined {
	if (text.length > PEER_TICKET_MAX || !text.startsWith("p.")) return undefined;
	const parts = text.split(".");
	if (parts.length !== 5) return undefined;
	const [, home, scope, end, id] = parts;
	if (!isHex(home, HOME_DIGITS) || !(scope === ALL_DEVICES || isHex(scope, PEER_DIGITS))) return undefined;
	if (!isWord(end, 7) || !isWord(id, TICKET_ID_MAX)) return undefined;
	return { home, scope, until: Number.parseInt(end, 36), id };
}

/**
 * Tells whether a ticket has not ended, and is for that device.
 * @param now seconds since 1970; `undefined`: the date is not known, and no ticket is good that ends at all
 * @param peer PEER_DIGITS; empty: any device, as for a search
 */
export function isPeerTicketGood({ scope, until }: PeerTicket, now: Seconds | undefined, peer: string): boolean {
	if (scope !== ALL_DEVICES && peer !== "" && scope !== peer) return false;
	if (until === NEVER) return true;
	return now !== undefined && until > now && until <= now + PEER_TICKET_LIFE_MAX + CLOCK_DIFFERENCE;
}

/**
 * Returns the secret of a ticket: given out with it at pairing, never sent afterwards. Requests that use the ticket have its text as
 * USERNAME and are signed with this.
 * @param ticketKey of the home, {@link ticketKeyOf}
 * @returns 32 octets
 */
export function peerTicketSecret(ticketKey: Uint8Array, ticket: string): Uint8Array {
	return new HmacSha256(ticketKey).sign(utf8Encode(ticket)).slice();
}

/**
 * Returns the key of the checks of one introduction (P2P-14), which both sides and the server compute: nobody sends it.
 * @param secret of the ticket that the introduction was made by
 * @param session {@link Introduction.session}
 * @returns PASSWORD_OCTETS
 */
export function checkPasswordOf(secret: Uint8Array, session: Uint8Array): Uint8Array {
	return new HmacSha256(secret).sign(CHECK_LABEL, 0, undefined, session).slice(0, PASSWORD_OCTETS);
}

/** Returns the USERNAME of a device's requests: `d:<home>:<peer>`. */
export function deviceUsername(home: string, peer: string): string {
	return `d:${home}:${peer}`;
}

function isWord(text: string, max: number): boolean {
	if (text.length === 0 || text.length > max) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 122))) return false;
	}
	return true;
}
