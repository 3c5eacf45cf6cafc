import type { Millis, Seconds } from "../../../core/time";

/** An introduction that was made, or a registration that was ended. */
export interface KnownSession {
	/** The caller, its peer and its ticket: nobody else may add to the session. */
	readonly of: string;
	readonly at: Millis;
	/** When the credentials of its TURN server end, in seconds since 1970. */
	readonly turnUntil: Seconds;
}

/** How long a session is known: longer than a NONCE is good, so that no copy of a request makes a new one. */
const SESSION_LIFE: Millis = 150_000;

/** The introductions, or ended registrations, of the last minutes, so that a repeated request gets the same answer and disturbs the device only once. */
export class SessionList {
	private readonly sessions = new Map<string, KnownSession>();

	/** @param max how many are known; of more, the oldest are forgotten */
	constructor(private readonly max: number) {}

	/** How many are known. */
	get size(): number {
		return this.sessions.size;
	}

	/** @param session its hexadecimal digits */
	get(now: Millis, session: string): KnownSession | undefined {
		const known = this.sessions.get(session);
		return known === undefined || now - known.at > SESSION_LIFE ? undefined : known;
	}

	/** Adds one that is not known. */
	add(session: string, known: KnownSession): void {
		const { sessions } = this;
		for (const [key, { at }] of sessions) {
			if (sessions.size < this.max && known.at - at <= SESSION_LIFE) break;
			sessions.delete(key);
		}
		sessions.delete(session);
		sessions.set(session, known);
	}
}
