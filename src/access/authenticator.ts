import { toHex } from "../base/hex";
import { equalInConstantTime } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis, Seconds } from "../core/time";
import { parseCredentials } from "../wire/http-auth";
import {
	type AccessTokens,
	CLOCK_DIFFERENCE,
	type Grant,
	lifetimeOf,
	type Moment,
	type TokenKind,
} from "./access-tokens";
import { type AccessRequest, type Authentication, granted, type RefusalReason } from "./authentication";
import { DigestAuth, type DigestProfile } from "./digest-auth";
import { EndedSessions, type EndedSessionsMemory, sessionOf } from "./ended-sessions";
import { hashPassword, type LoginRecord, type PasswordHashes } from "./login-record";
import { type LoginAttempt, LoginThrottle } from "./login-throttle";
import type { Role } from "./role";
import type { TicketGrant, Tickets } from "./tickets";

/** How long a session lasts. */
const SESSION: Seconds = lifetimeOf("session");

/** Neighbours of an open LAN may do everything, but get nothing that outlasts the request. */
const NEIGHBOUR: Grant = Object.freeze({ role: "owner", until: 0 });

/** What an {@link Authenticator} needs from its owner. */
export interface AuthenticatorHost {
	/** The identity of this device; tickets are made out to it. */
	readonly id: string;
	/** Unpredictable octets. */
	readonly random: { fill(bytes: Uint8Array): void };
	/** Whether clients that only know MD5 may log in. */
	readonly withMd5: boolean;
	readonly tickets: Tickets;
	/** Whether neighbours need no password. */
	readonly openInLan: boolean;
	/** Returns the present accounts. */
	record(): LoginRecord;
	/** Returns what signs sessions and links at present. */
	tokens(): AccessTokens;
	/** Returns what signed sessions before, if those still count; viewer links don't. @default none */
	formerTokens?(): AccessTokens | undefined;
	/** Keeps the sessions that their users have ended. @default none are kept across restarts */
	readonly endedSessions?: EndedSessionsMemory;
	moment(now: Millis): Moment;
	/** Whether the owner has revoked a viewer link. @default none can be revoked */
	isRevoked?(link: string): boolean;
	/** A viewer link, or what was derived from it, was used. Called for each request, so it must be cheap. */
	linkUsed?(link: string, now: Millis): void;
	/** A password was right. */
	loggedIn?(role: Role): void;
	/** Tells whether an address is another device's in the LAN: not this one's or a router's, behind which anybody may be. */
	isNeighbour(address: string): boolean;
}

/**
 * An account for programs, beside those of the owner and of viewers. A login with its password has the role of a viewer, and names
 * the user in its {@link Admission}, so that a part may allow it more: ONVIF lets it turn the camera.
 */
export interface ProgramAccount {
	/** The name of the user. */
	readonly user: string;
	/** The hashes of its password under the realm of the accounts. */
	readonly hashes: PasswordHashes;
}

/** The token of a session, and how long it is valid. */
export interface SessionToken {
	readonly token: string;
	readonly lifetime: Seconds;
}

/**
 * Authenticates requests: accounts by Digest, sessions, viewer links, tickets, and neighbours of an open LAN.
 *
 * Knows no transport: it is given what the client presented and returns what to answer. Whether the role suffices is the
 * caller's question ({@link permits}). Basic credentials are not accepted here: see {@link logIn}.
 * @see RFC 9110 §11, RFC 7616, RFC 6750 §2.1
 */
export class Authenticator {
	/** Wrong passwords so far. */
	wrongPasswords = 0;
	/** The account of programs. @default none */
	programAccount: ProgramAccount | undefined;
	private readonly digest: DigestAuth;
	private readonly throttle = new LoginThrottle();
	private readonly ended: EndedSessions;

	constructor(private readonly host: AuthenticatorHost) {
		this.digest = new DigestAuth(host.random, host.withMd5);
		this.ended = new EndedSessions(host.endedSessions);
	}

	/** What the passwords belong to; shown to people by their clients. */
	get realm(): string {
		return this.host.record().realm;
	}

	/** A short name that all devices which accept each other's sessions share; fit for the name of a cookie. */
	get sessionName(): string {
		return this.host.tokens().name;
	}

	/** The same of sessions that were begun under another key; `undefined`: none count. */
	get formerSessionName(): string | undefined {
		return this.host.formerTokens?.()?.name;
	}

	/** Authenticates one request. Call it once per request: it counts the uses of nonces and wrong passwords. */
	authenticate(request: AccessRequest): Authentication {
		const { now, address, credentials } = request;
		const { ticket, link, authorization, session } = credentials;
		const byTicket = ticket === undefined ? undefined : this.checkTicket(ticket, now);
		if (byTicket?.onlyPictures === false) return granted("ticket", byTicket);
		const byLink = link === undefined ? undefined : this.check("link", link, now);
		if (byLink !== undefined) return granted("link", byLink);
		const result = authorization === undefined ? undefined : this.checkAuthorization(request, authorization);
		if (result !== undefined) return result;
		const bySession = session === undefined ? undefined : this.checkSession(session, now);
		if (session !== undefined && bySession !== undefined) return granted("session", bySession, sessionOf(session));
		if (this.host.openInLan && this.host.isNeighbour(address)) return granted("neighbour", NEIGHBOUR);
		// Last, as the session of an owner is worth more than a pass.
		if (byTicket !== undefined && request.pictures === true) return granted("pass", byTicket);
		return this.refuse(request, "no-credentials");
	}

	/**
	 * Checks a user name and a password that a form or Basic credentials brought. Only for encrypted connections and the login page.
	 * @param browser the token of a browser that has logged in before
	 */
	logIn(now: Millis, address: string, user: string, password: string, browser?: string): Authentication {
		return this.tryLogin(now, this.attemptOf(now, address, user, browser), (role) => {
			const record = this.host.record();
			const given = utf8Encode(hashPassword(role, record.realm, password, false).sha256);
			const wanted = utf8Encode(record.hashesOf(user)?.sha256 ?? "-".repeat(given.length));
			return equalInConstantTime(given, 0, wanted, 0, wanted.length);
		});
	}

	/**
	 * Checks a proof of another kind that a client knows the password of {@link programAccount}.
	 * @param isRight checks it; `undefined`: it proves the password, but is old or was used before. Then it counts as neither right nor
	 * wrong: a recorded login does not show that its sender knows the password, and a client whose clock is wrong does not guess.
	 */
	logInProgram(now: Millis, address: string, isRight: () => boolean | undefined): Authentication {
		return this.tryLogin(
			now,
			this.attemptOf(now, address, this.programAccount?.user),
			isRight,
			this.programAccount?.user,
		);
	}

	/** Returns what the token of a session grants; `undefined` when it is not valid, or its user has ended it. */
	checkSession(token: string, now: Millis): Grant | undefined {
		if (this.ended.has(token)) return undefined;
		const next = this.successorOf(token, now);
		// A user who has logged out elsewhere knew it by its successor only.
		if (next !== undefined) return this.ended.has(next.token) ? undefined : this.checkFormer(token, now);
		return this.check("session", token, now);
	}

	/**
	 * Makes the token by which a session goes on that was begun under the key before. It has the same role and end, and is always the same
	 * one, so that both can be ended.
	 * @returns `undefined` when the session was begun under the present key, is not valid, or comes from a viewer link
	 */
	successorOf(token: string, now: Millis): SessionToken | undefined {
		const grant = this.checkFormer(token, now);
		if (grant === undefined) return undefined;
		const { epoch, seconds } = this.host.moment(now);
		const moment = { epoch, seconds: Math.floor(seconds) };
		const lifetime = grant.until - moment.seconds;
		const mark = sessionOf(token).slice(1);
		return { token: this.host.tokens().issue("session", grant.role, moment, lifetime, mark), lifetime };
	}

	/**
	 * Ends a session at the wish of its user: this device no longer accepts its token.
	 * @returns what identifies it in an {@link Admission}, and when it would have ended; `undefined` when the token is not valid
	 */
	endSession(token: string, now: Millis): { readonly session: string; readonly until: Seconds } | undefined {
		const grant = this.checkSession(token, now);
		if (grant === undefined) return undefined;
		const session = sessionOf(token);
		this.ended.add(session, grant.until, this.host.moment(now).seconds);
		return { session, until: grant.until };
	}

	/** Ends a session whose user has logged out at another device that accepts it; this one may know nothing of it. */
	endElsewhere(session: string, until: Seconds, now: Millis): void {
		const { epoch, seconds } = this.host.moment(now);
		// Without a date no session of another device is accepted anyway.
		if (epoch === "u" && until > seconds && until <= seconds + SESSION + CLOCK_DIFFERENCE)
			this.ended.add(session, until, seconds);
	}

	/**
	 * Makes the token of a session, which ends with what it is derived from and lasts a week at most.
	 * @returns the token, and how long it is valid
	 */
	issueSession(now: Millis, { role, until, isGuest, link }: Grant): SessionToken {
		const moment = this.host.moment(now);
		const lifetime = Math.min(SESSION, until - moment.seconds);
		const mark = new Uint8Array(4);
		this.host.random.fill(mark);
		return {
			token: this.host.tokens().issue(this.kindOf("session", isGuest), role, moment, lifetime, toHex(mark), link),
			lifetime,
		};
	}

	/** Makes the token by which a browser is known when its user logs in again: others' wrong passwords do not delay it. */
	issueBrowser(now: Millis, role: Role): { readonly token: string; readonly lifetime: Seconds } {
		const lifetime = lifetimeOf("browser");
		return { token: this.host.tokens().issue("browser", role, this.host.moment(now), lifetime), lifetime };
	}

	/**
	 * Makes the token of a viewer link.
	 * @param isGuest it is for this device only, not for others of its fleet
	 * @param link identifies it, in hexadecimal digits, so that it can be revoked. @see Grant.link
	 */
	issueLink(now: Millis, lifetime: Seconds, isGuest = false, link = ""): string {
		return this.host.tokens().issue(this.kindOf("link", isGuest), "viewer", this.host.moment(now), lifetime, "", link);
	}

	/** Makes a nonce for the login page's script, which answers without a challenge. */
	nonce(now: Millis): string {
		return this.digest.nonce(now);
	}

	/** Makes the challenges for a client that is refused for another reason than {@link authenticate} gave. */
	challenges(now: Millis, profile: DigestProfile = "http"): readonly string[] {
		return this.digest.challenges(now, profile, this.host.record(), false);
	}

	private tryLogin(
		now: Millis,
		attempt: LoginAttempt,
		isRight: (role: Role) => boolean | undefined,
		user?: string,
	): Authentication {
		const wait = this.waitOf(now, attempt);
		if (wait > 0) return { outcome: "throttled", retryAfter: wait };
		const result = isRight(attempt.account);
		if (result === true) return this.succeeded(now, attempt, user);
		if (result === false) this.failed(now, attempt);
		return { outcome: "refused", reason: "wrong-password", challenges: [] };
	}

	/** `undefined`: the field brings nothing that is known here; other credentials may. */
	private checkAuthorization(request: AccessRequest, field: string): Authentication | undefined {
		const { now, method, target, address, profile = "http" } = request;
		const credentials = parseCredentials(field);
		if (credentials?.scheme === "bearer") {
			const grant = this.check("link", credentials.token, now);
			return grant && granted("link", grant);
		}
		if (credentials?.scheme !== "digest") return undefined;
		const { parameters } = credentials;
		const user = parameters.get("username");
		const attempt = this.attemptOf(now, address, user, request.credentials.browser);
		const wait = this.waitOf(now, attempt);
		if (wait > 0) return { outcome: "throttled", retryAfter: wait };
		const record = this.host.record();
		const program = user === this.programAccount?.user ? this.programAccount : undefined;
		const accounts = program === undefined ? record : { realm: record.realm, hashesOf: () => program.hashes };
		const result = this.digest.check({ now, method, target, address, profile }, parameters, accounts);
		switch (result) {
			case "owner":
			case "viewer":
				return this.succeeded(now, attempt, program?.user);
			case "stale":
				return { outcome: "stale", challenges: this.digest.challenges(now, profile, record, true) };
			case "wrong":
				this.failed(now, attempt);
				return this.refuse(request, "wrong-password");
			default:
				return this.refuse(request, result);
		}
	}

	private checkTicket(ticket: string, now: Millis): TicketGrant | undefined {
		return this.current(this.host.tickets.check(ticket, this.host.id, this.host.moment(now)), now);
	}

	private check(kind: "session" | "link", token: string, now: Millis): Grant | undefined {
		const tokens = this.host.tokens();
		const moment = this.host.moment(now);
		const grant = this.current(tokens.check(kind, token, moment), now);
		if (grant !== undefined) return grant;
		const guest = this.current(tokens.check(this.kindOf(kind, true), token, moment), now);
		return guest && { ...guest, isGuest: true };
	}

	/** The list of viewer links is that of the present key, so a session that came from one could not be ended. */
	private checkFormer(token: string, now: Millis): Grant | undefined {
		const grant = this.host.formerTokens?.()?.check("session", token, this.host.moment(now));
		return grant?.link === undefined ? grant : undefined;
	}

	/** `undefined` when the viewer link that a grant comes from has been revoked. */
	private current<G extends Grant>(grant: G | undefined, now: Millis): G | undefined {
		const { host } = this;
		if (grant?.link === undefined) return grant;
		if (host.isRevoked?.(grant.link) === true) return undefined;
		host.linkUsed?.(grant.link, now);
		return grant;
	}

	private kindOf(kind: "session" | "link", isGuest: boolean | undefined): TokenKind {
		return isGuest === true ? `guest ${kind} ${this.host.id}` : kind;
	}

	private refuse({ now, profile = "http" }: AccessRequest, reason: RefusalReason): Authentication {
		return { outcome: "refused", reason, challenges: this.challenges(now, profile) };
	}

	private attemptOf(now: Millis, address: string, user: string | undefined, browser = ""): LoginAttempt {
		const account: Role = user === "owner" ? "owner" : "viewer";
		const grant = this.host.tokens().check("browser", browser, this.host.moment(now));
		const isKnown = grant !== undefined && grant.role === account;
		return { account, address, near: this.host.isNeighbour(address), browser: isKnown ? browser : "" };
	}

	/** How long a client must wait before its next password; 0: not at all. */
	private waitOf(now: Millis, attempt: LoginAttempt): Seconds {
		return Math.ceil(this.throttle.wait(now, attempt) / 1000);
	}

	private failed(now: Millis, attempt: LoginAttempt): void {
		this.wrongPasswords++;
		this.throttle.failed(now, attempt);
	}

	private succeeded(now: Millis, attempt: LoginAttempt, user?: string): Authentication {
		this.throttle.succeeded(attempt);
		this.host.loggedIn?.(attempt.account);
		const grant = { role: attempt.account, until: this.host.moment(now).seconds + SESSION };
		const result = granted("password", grant);
		if (user === undefined || result.outcome !== "granted") return result;
		return { outcome: "granted", admission: { ...result.admission, user } };
	}
}
