import { toBase64 } from "../base/base64";
import { isNameCharacter } from "../base/relay-name";
import { utf8Encode } from "../base/text";
import type { Seconds } from "../core/time";
import type { Random } from "../ports/random";
import type { RelaySigner } from "./relay-key";

/** What the origin grants a viewer at one relay (REP-12). */
export interface RelayTicket {
	/**
	 * Drawn at random; 16 characters of base64url. Metering records bear it. That of a visitor with a viewer link begins with the link's
	 * identifier. @see isOfLink
	 */
	readonly id: string;
	/** Whom it was given to: an account or a link's name; at most 32 characters out of `A-Z a-z 0-9 . _ - @`. */
	readonly viewer: string;
	/** @see RelayedContent.content. Part of the signature, not of the text. */
	readonly content: string;
	/** When it ends, in seconds since 1970. A session that began before may go on for as long as the relay allows. */
	readonly until: Seconds;
}

/** The longest lifetime of a ticket: a link that the owner copied for somebody. */
export const RELAY_TICKET_LIFE_MAX: Seconds = 31622400;
/** How far the clocks of the origin and the relay may differ. */
const CLOCK_DIFFERENCE: Seconds = 300;
/** Characters of the longest ticket: `r.`, 7 digits of time, viewer, id, signature and the dots between them. */
const TICKET_MAX = 96;
const ID_OCTETS = 12;
const ID_LENGTH = 16;
const VIEWER_MAX = 32;
const AT_SIGN = 64;

/**
 * Draws the identifier of a ticket: 16 characters of base64url, 96 random bits.
 * @param link identifies the viewer link for whose visitor it is, in place of half of the bits @default empty: none
 */
export function drawTicketId(random: Pick<Random, "fill">, link = ""): string {
	const octets = new Uint8Array(ID_OCTETS);
	random.fill(octets);
	return link + toBase64(octets).replace(/\+/g, "-").replace(/\//g, "_").slice(link.length);
}

/** Tells whether a ticket was given to a visitor with a viewer link, by the identifiers of both. */
export function isOfLink(ticket: string, link: string): boolean {
	return ticket.startsWith(link);
}

/** Tells whether text can be the identifier of a ticket. */
export function isTicketId(text: string): boolean {
	if (text.length !== ID_LENGTH) return false;
	for (let i = 0; i < ID_LENGTH; i++) {
		const code = text.charCodeAt(i);
		if (!isNameCharacter(code) || code === 46) return false;
	}
	return true;
}

/** Tells whether text can name the viewer of a ticket: 1 to 32 characters out of `A-Z a-z 0-9 . _ - @`. */
export function isTicketViewer(text: string): boolean {
	if (text.length === 0 || text.length > VIEWER_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (!isNameCharacter(code) && code !== AT_SIGN) return false;
	}
	return true;
}

/**
 * Writes a ticket as it stands in the query of a URL, `link=r.<end in base 36>.<viewer>.<id>.<signature>`. The signature covers the
 * content too, so the ticket is good for one content at the one relay whose key signed it.
 * @param signer of the relay's key for `tickets`
 * @throws {RangeError} when viewer, identifier or end can't stand in a ticket
 */
export function issueRelayTicket(signer: RelaySigner, { id, viewer, content, until }: RelayTicket): string {
	const end = Math.floor(until);
	if (!isTicketViewer(viewer) || !isTicketId(id) || !(end > 0 && end < 36 ** 7)) throw new RangeError("ticket");
	const text = `r.${end.toString(36)}.${viewer}.${id}`;
	return `${text}.${signer.sign(signed(text, content))}`;
}

/** Tells whether text may be a relay's ticket rather than the token of a viewer link, by how it begins. */
export function looksLikeRelayTicket(text: string): boolean {
	return text.startsWith("r.");
}

/**
 * Checks a ticket without asking the origin (REP-12).
 * @param signer of the relay's key for `tickets`
 * @param now in seconds since 1970
 * @param lasts true: for a session that began before the ticket ended, so one that has ended is good too
 * @returns `undefined` when it is forged, for another content or relay, expired, or ends later than any that is issued now
 */
export function checkRelayTicket(
	signer: RelaySigner,
	text: string,
	content: string,
	now: Seconds,
	lasts = false,
): RelayTicket | undefined {
	if (text.length > TICKET_MAX || !looksLikeRelayTicket(text)) return undefined;
	const parts = text.split(".");
	const { length } = parts;
	if (length < 5) return undefined;
	// The name of a viewer may contain dots.
	const viewer = parts.slice(2, length - 2).join(".");
	const id = parts[length - 2];
	const until = Number.parseInt(parts[1], 36);
	if (!isTicketViewer(viewer) || !isTicketId(id)) return undefined;
	if (!((lasts || until > now) && until <= now + RELAY_TICKET_LIFE_MAX + CLOCK_DIFFERENCE)) return undefined;
	const head = text.slice(0, text.length - parts[length - 1].length - 1);
	if (!signer.verify(signed(head, content), parts[length - 1])) return undefined;
	return { id, viewer, content, until };
}

function signed(text: string, content: string): Uint8Array {
	return utf8Encode(`${text}\n${content}`);
}
