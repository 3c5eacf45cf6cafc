import { isHex, toHex } from "../base/hex";
import { equalInConstantTime, HmacSha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Role } from "./role";

/** What a token is for: a session's cookie, or a link that a person was given. */
export type TokenKind = "session" | "link";

/** A point in time by one reckoning: seconds since 1970, or since a start that nobody else knows the date of. */
export interface Moment {
	/** `u` for UTC; else names the start. */
	readonly epoch: string;
	readonly seconds: number;
}

/** What a token grants. */
export interface Grant {
	readonly role: Role;
	readonly until: number;
}

/** Digits of a token's code: 128 bits. */
const CODE_DIGITS = 32;

/** Makes and checks tokens that bear their own end and can't be forged: nothing has to be remembered of them. */
export class AccessTokens {
	/** Fit for the name of a cookie: who shares the key shares the name. */
	readonly name: string;
	private readonly hmac: HmacSha256;

	/** @param key secret text; another key ends all tokens */
	constructor(key: string) {
		this.hmac = new HmacSha256(utf8Encode(key));
		this.name = this.code("name").slice(0, 8);
	}

	/** Makes a token that ends `seconds` after `now`. */
	issue(kind: TokenKind, role: Role, now: Moment, seconds: number): string {
		const text = `${role[0]}${now.epoch}.${Math.floor(now.seconds + seconds).toString(36)}`;
		return `${text}.${this.code(`${kind} ${text}`)}`;
	}

	/** Returns what a token grants; `undefined` when it is none of ours, of another kind, or over. */
	check(kind: TokenKind, token: string, now: Moment): Grant | undefined {
		if (token.length > 96) return undefined;
		const [head, end = "", code = "", more] = token.split(".");
		if (more !== undefined || !isHex(code, CODE_DIGITS)) return undefined;
		const wanted = utf8Encode(this.code(`${kind} ${head}.${end}`));
		if (!equalInConstantTime(utf8Encode(code), 0, wanted, 0, CODE_DIGITS)) return undefined;
		const until = Number.parseInt(end, 36);
		if (head.slice(1) !== now.epoch || !(until > now.seconds)) return undefined;
		return { role: head[0] === "o" ? "owner" : "viewer", until };
	}

	private code(text: string): string {
		return toHex(this.hmac.sign(utf8Encode(text)), 0, CODE_DIGITS / 2);
	}
}
