import { isHex } from "../base/hex";
import { utf8Decode, utf8Encode } from "../base/text";
import type { Seconds } from "../core/time";

/** A session that its user has ended. */
export interface EndedSession {
	/** Identifies it, without being its token. @see sessionOf */
	readonly session: string;
	/** When it would have ended by itself, in seconds since 1970. */
	readonly until: Seconds;
}

/** A session in hexadecimal digits, after the first letter of its role. */
const DIGITS = 16;
const TEXT_MAX = 40;

/** Writes the secret of a `logout`. */
export function writeLogout({ session, until }: EndedSession): Uint8Array {
	return utf8Encode(`${session} ${Math.ceil(until).toString(36)}`);
}

/** Reads the secret of a `logout`; `undefined` when it is malformed. */
export function readLogout(secret: Uint8Array | undefined): EndedSession | undefined {
	if (secret === undefined || secret.length > TEXT_MAX) return undefined;
	const [session, end = "", more] = utf8Decode(secret).split(" ");
	const until = Number.parseInt(end, 36);
	const isSession = (session[0] === "o" || session[0] === "v") && isHex(session.slice(1), DIGITS);
	return more === undefined && isSession && until > 0 ? { session, until } : undefined;
}
