import type { Seconds } from "../core/time";

/** The most sessions that are remembered for each role; a user who logs out again and again displaces only that role's. */
const SESSIONS_MAX = 32;
/** Digits at the end of a token that identify its session: a part of its authentication code. */
const DIGITS = 16;

/** Where ended sessions are kept across restarts, as one text. */
export interface EndedSessionsMemory {
	read(): string | undefined;
	/** Called only if the text has changed; handles failures itself. */
	write(text: string): void;
}

/**
 * Remembers the sessions that ended because their users logged out, until their tokens expire: a token has no other
 * memory.
 */
export class EndedSessions {
	/** By the last digits of the token, with its role before them: when it expires. */
	private readonly sessions = new Map<string, Seconds>();

	/** @param memory absent: they are forgotten at a restart */
	constructor(private readonly memory: EndedSessionsMemory | undefined) {
		const words = (memory?.read() ?? "").split(" ");
		for (let i = 0; i + 1 < words.length && i < 4 * SESSIONS_MAX; i += 2)
			this.sessions.set(words[i], Number(words[i + 1]));
	}

	/** Whether a session has ended. */
	has(token: string): boolean {
		return this.sessions.has(sessionOf(token));
	}

	/** A session has ended. @param session as {@link sessionOf} names it @param end when its token expires */
	add(session: string, end: Seconds, now: Seconds): void {
		const { sessions } = this;
		let [count, first, least] = [0, "", Infinity];
		for (const [name, until] of sessions) {
			if (until <= now) sessions.delete(name);
			else if (name[0] === session[0]) {
				count++;
				if (until < least) [first, least] = [name, until];
			}
		}
		if (sessions.has(session)) return;
		if (count >= SESSIONS_MAX) sessions.delete(first);
		sessions.set(session, end);
		let text = "";
		for (const [name, until] of sessions) text += `${text === "" ? "" : " "}${name} ${until}`;
		this.memory?.write(text);
	}
}

/** Identifies the session of a token, without being one. */
export function sessionOf(token: string): string {
	return token[0] + token.slice(-DIGITS);
}
