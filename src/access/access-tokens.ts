import { isHex, toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Seconds } from "../core/time";
import type { Role } from "./role";

/**
 * What a token is for: the cookie of a session, a viewer link, or to know a browser again that has logged in. Those of guests name the
 * one device that accepts them, also where cameras of a fleet accept each other's.
 */
export type TokenKind = "session" | "link" | "browser" | `guest ${"session" | "link"} ${string}`;

/** A point in time: seconds since 1970, or, on a device that does not know the date, since its start. */
export interface Moment {
	/** `u` for UTC; otherwise identifies the start. Moments of different epochs cannot be compared. */
	readonly epoch: string;
	readonly seconds: Seconds;
}

/** What a token grants. */
export interface Grant {
	readonly role: Role;
	/** When it expires, in seconds of the {@link Moment}'s epoch. */
	readonly until: Seconds;
	/** It is for this device only, and nothing for another one may be derived from it. */
	readonly isGuest?: boolean | undefined;
	/** Identifies the viewer link that it is, or is derived from: it ends when the owner revokes that. Absent: from none. */
	readonly link?: string | undefined;
}

const WEEK: Seconds = 604800;
const LEAP_YEAR: Seconds = 31622400;
/** How far the clocks of cameras that accept each other's tokens may differ. */
export const CLOCK_DIFFERENCE: Seconds = 300;

/** The longest lifetime of a token: a week for a session, a year for the others. */
export function lifetimeOf(kind: TokenKind): Seconds {
	return kind === "session" ? WEEK : LEAP_YEAR;
}

/** Comes before the viewer link in a token. */
const LINK_MARK = "-k";

/** Hexadecimal digits of a token's authentication code: 128 bits. */
const CODE_DIGITS = 32;

/**
 * Issues and checks tokens that contain their own expiry time and an HMAC, so no list of them has to be kept.
 *
 * `<role><epoch>.<expiry in base 36>[-<mark>][-k<link>].<code>`; the code covers the kind as well.
 */
export class AccessTokens {
	/** A short name that depends only on the key, fit for the name of a cookie. */
	readonly name: string;
	private readonly hmac: HmacSha256;

	/** @param key secret text; a new key invalidates all tokens */
	constructor(key: string) {
		this.hmac = new HmacSha256(utf8Encode(key));
		this.name = this.code("name").slice(0, 8);
	}

	/**
	 * Issues a token that expires `lifetime` after `now`, or after the longest lifetime of its kind.
	 * @param mark hexadecimal digits that differ where equal grants must have different tokens
	 * @param link the viewer link that it is or is derived from; empty: none. @see Grant.link
	 */
	issue(kind: TokenKind, role: Role, now: Moment, lifetime: Seconds, mark = "", link = ""): string {
		const until = Math.floor(now.seconds + Math.min(lifetime, lifetimeOf(kind)));
		const marks = (mark === "" ? "" : `-${mark}`) + (link === "" ? "" : `${LINK_MARK}${link}`);
		const text = `${role[0]}${now.epoch}.${until.toString(36)}${marks}`;
		return `${text}.${this.code(`${kind} ${text}`)}`;
	}

	/**
	 * Returns what a token grants; `undefined` when it is forged, of another kind, expired, or ends later than any that is
	 * issued now: then it was issued while the clock was wrong.
	 */
	check(kind: TokenKind, token: string, now: Moment): Grant | undefined {
		if (token.length > 96) return undefined;
		const [head, end = "", code = "", more] = token.split(".");
		if (more !== undefined || !isHex(code, CODE_DIGITS)) return undefined;
		const wanted = utf8Encode(this.code(`${kind} ${head}.${end}`));
		if (!equalInConstantTime(utf8Encode(code), 0, wanted, 0, CODE_DIGITS)) return undefined;
		const until = Number.parseInt(end, 36);
		const left = until - now.seconds;
		if (head.slice(1) !== now.epoch || !(left > 0 && left <= lifetimeOf(kind) + CLOCK_DIFFERENCE)) return undefined;
		const role = head[0] === "o" ? "owner" : "viewer";
		const at = end.indexOf(LINK_MARK);
		return at < 0 ? { role, until } : { role, until, link: end.slice(at + LINK_MARK.length) };
	}

	/**
	 * Derives a secret from the key, so that it need not be stored: it changes when all tokens become invalid.
	 * @returns 32 hexadecimal digits
	 */
	secret(purpose: string): string {
		return this.code(`secret ${purpose}`);
	}

	private code(text: string): string {
		return toHex(this.hmac.sign(utf8Encode(text)), 0, CODE_DIGITS / 2);
	}
}
