import { isHex } from "../base/hex";
import type { Seconds } from "../core/time";

/** Hexadecimal digits that identify a viewer link. */
export const LINK_ID_DIGITS = 8;
/** The most revoked links that a login record has room for. */
export const REVOKED_MAX = 20;

const HOUR: Seconds = 3600;
/** The hour, in base 36, at which a link has certainly expired: 4 digits last until 2161. */
const HOUR_DIGITS = 4;
const ENTRY = LINK_ID_DIGITS + HOUR_DIGITS;
/** The end of a link whose end nobody knows, as it was made without a date. */
const NEVER = "z".repeat(HOUR_DIGITS);

/*
 * A list of revoked links is one text, as it is part of the login record: for each link its identifier, and the hour after which
 * it has expired anyway.
 */

/** Tells whether text can be a list of revoked links. */
export function isRevokedList(list: string): boolean {
	if (list.length % ENTRY !== 0 || list.length > REVOKED_MAX * ENTRY) return false;
	for (let at = 0; at < list.length; at += ENTRY) {
		if (!isHex(list.slice(at, at + LINK_ID_DIGITS), LINK_ID_DIGITS)) return false;
		for (let i = at + LINK_ID_DIGITS; i < at + ENTRY; i++) {
			const code = list.charCodeAt(i);
			if ((code < 48 || code > 57) && (code < 97 || code > 122)) return false;
		}
	}
	return true;
}

/** Whether a link has been revoked. */
export function isRevoked(list: string, link: string): boolean {
	for (let at = 0; at < list.length; at += ENTRY) if (list.startsWith(link, at)) return true;
	return false;
}

/**
 * Returns the list with one more link, without those that have expired; `undefined`: there is no room.
 * @param until when the link expires, in seconds since 1970; `Infinity`: not known
 * @param now in seconds since 1970; 0: not known
 */
export function withRevoked(list: string, link: string, until: Seconds, now: Seconds): string | undefined {
	if (isRevoked(list, link)) return list;
	const hour = Math.ceil(until / HOUR);
	const end = hour < 36 ** HOUR_DIGITS - 1 ? hour.toString(36).padStart(HOUR_DIGITS, "0") : NEVER;
	const kept = withoutExpired(list, now) + link + end;
	return kept.length > REVOKED_MAX * ENTRY ? undefined : kept;
}

/** Returns the entries of one list that another lacks and that have not expired; empty: none. */
export function missingOf(list: string, other: string, now: Seconds): string {
	let missing = "";
	const current = withoutExpired(list, now);
	for (let at = 0; at < current.length; at += ENTRY)
		if (!isRevoked(other, current.slice(at, at + LINK_ID_DIGITS))) missing += current.slice(at, at + ENTRY);
	return missing;
}

/** Returns the identifiers of a list's links. */
export function linksOf(list: string): readonly string[] {
	const links: string[] = [];
	for (let at = 0; at < list.length; at += ENTRY) links.push(list.slice(at, at + LINK_ID_DIGITS));
	return links;
}

/**
 * Returns two lists as one, in an order that depends on neither, without links that have expired; `undefined`: there is no room.
 * @param more links that are not on the first list
 * @param now in seconds since 1970; 0: not known
 */
export function joinRevoked(list: string, more: string, now: Seconds): string | undefined {
	const both = withoutExpired(list + more, now);
	const entries: string[] = [];
	for (let at = 0; at < both.length; at += ENTRY) entries.push(both.slice(at, at + ENTRY));
	return entries.length > REVOKED_MAX ? undefined : entries.sort().join("");
}

function withoutExpired(list: string, now: Seconds): string {
	let kept = "";
	for (let at = 0; at < list.length; at += ENTRY)
		if (Number.parseInt(list.slice(at + LINK_ID_DIGITS, at + ENTRY), 36) * HOUR > now)
			kept += list.slice(at, at + ENTRY);
	return kept;
}
