import { parseDigits } from "../base/digits";
import type { Seconds } from "../core/time";

/** How far a request reaches: the resource, its members too, or everything below it. */
export type DavDepth = 0 | 1 | "infinity";

/** Parses a Depth field; `undefined` if it is malformed. @see RFC 4918 §10.2 */
export function parseDavDepth(field: string): DavDepth | undefined {
	const text = field.trim().toLowerCase();
	return text === "0" ? 0 : text === "1" ? 1 : text === "infinity" ? text : undefined;
}

/** Parses a Timeout field: the first time that it names; 0 if none is usable; `Infinity` for `Infinite`. @see RFC 4918 §10.7 */
export function parseDavTimeout(field: string): Seconds {
	for (const part of field.split(",")) {
		const text = part.trim().toLowerCase();
		if (text === "infinite") return Infinity;
		const seconds = text.startsWith("second-") ? parseDigits(text.slice(7), 10) : undefined;
		if (seconds !== undefined) return seconds;
	}
	return 0;
}

/**
 * Parses a Lock-Token field: a token between angle brackets. npm's `webdav` leaves them out. `undefined` if it is malformed.
 * @see RFC 4918 §10.5
 */
export function parseLockToken(field: string): string | undefined {
	const text = field.trim();
	const isBracketed = text[0] === "<" && text.endsWith(">");
	const token = isBracketed ? text.slice(1, -1) : text;
	return token === "" || token.includes("<") || token.includes(">") ? undefined : token;
}

/** Encodes a decoded path for a URL. Slashes stay. @see RFC 3986 §3.3 */
export function encodePath(path: string): string {
	return path.split("/").map(encodeURIComponent).join("/");
}
