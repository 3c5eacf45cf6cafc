import { toHex } from "../base/hex";
import { equalInConstantTime } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis, Seconds } from "../core/time";
import { parseCredentials } from "../wire/http-auth";
import { type AccessTokens, type Grant, lifetimeOf, type Moment } from "./access-tokens";
import { DigestAuth, type DigestProfile } from "./digest-auth";
import { EndedSessions, type EndedSessionsMemory, sessionOf } from "./ended-sessions";
import { hashPassword, type LoginRecord } from "./login-record";
import { type LoginAttempt, LoginThrottle } from "./login-throttle";
import type { Admission, Proof, Role } from "./role";
import type { TicketGrant, Tickets } from "./tickets";

/** How long a session lasts. */
const SESSION: Seconds = lifetimeOf("session");

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
	/** Keeps the sessions that their users have ended. @default none are kept across restarts */
	readonly endedSessions?: EndedSessionsMemory;
	moment(now: Millis): Moment;
	/** A password was right. */
	loggedIn?(role: Role): void;
	/** Tells whether an address is another device's in the LAN: not this one's or a router's, behind which anybody may be. */
	isNeighbour(address: string): boolean;
}

/** What a client presents; all parts are optional and are tried in this order. */
export interface Credentials {
	/** A ticket of another camera of the fleet. */
	readonly ticket?: string | undefined;
	/** The token of a viewer link. */
	readonly link?: string | undefined;
	/** The value of the Authorization field: Digest, or Bearer with the token of a link. */
	readonly authorization?: string | undefined;
	/** The token of a session. */
	readonly session?: string | undefined;
	/** The token of a browser that has logged in before. It grants nothing. */
	readonly browser?: string | undefined;
}

/** One request of any protocol that uses Digest: HTTP, WebDAV, RTSP. */
export interface AccessRequest {
	readonly method: string;
	/** As it stands in the request line. */
	readonly target: string;
	/** The client's address. */
	readonly address: string;
	readonly credentials: Credentials;
	readonly now: Millis;
	/** Whether it asks for a picture, so that a ticket for pictures is enough. @default false */
	readonly pictures?: boolean;
	/** @default "http" */
	readonly profile?: DigestProfile;
}

/** Why a client is not authenticated. */
export type RefusalReason =
	/** It presented nothing, or nothing that is still valid. */
	| "no-credentials"
	/** The user is unknown or the password is wrong. */
	| "wrong-password"
	/** The credentials can't be read, or belong to another request or realm. */
	| "malformed"
	/** The algorithm is switched off, or this user's password has no hash for it. */
	| "unsupported";

/** The outcome of an authentication. */
export type Authentication =
	| { readonly outcome: "granted"; readonly admission: Admission }
	/** Answer 401 with the challenges. */
	| { readonly outcome: "refused"; readonly reason: RefusalReason; readonly challenges: readonly string[] }
	/** The password was right, but the nonce is used up: answer 401 with the challenges; the client repeats the request. */
	| { readonly outcome: "stale"; readonly challenges: readonly string[] }
	/** Too many wrong passwords: nothing was checked. Answer 429, or what the protocol has for it. */
	| { readonly outcome: "throttled"; readonly retryAfter: Seconds };

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

	/** Authenticates one request. Call it once per request: it counts the uses of nonces and wrong passwords. */
	authenticate(request: AccessRequest): Authentication {
		const { now, address, credentials } = request;
		const { ticket, link, authorization, session } = credentials;
		const byTicket = ticket === undefined ? undefined : this.checkTicket(ticket, now);
		if (byTicket?.onlyPictures === false) return granted("ticket", byTicket);
		const byLink = link === undefined ? undefined : this.checkLink(link, now);
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
		const attempt = this.attemptOf(now, address, user, browser);
		const wait = this.waitOf(now, attempt);
		if (wait > 0) return { outcome: "throttled", retryAfter: wait };
		const record = this.host.record();
		const role = attempt.account;
		const given = utf8Encode(hashPassword(role, record.realm, password, false).sha256);
		const wanted = utf8Encode(record.hashesOf(user)?.sha256 ?? "-".repeat(given.length));
		if (!equalInConstantTime(given, 0, wanted, 0, wanted.length)) {
			this.failed(now, attempt);
			return { outcome: "refused", reason: "wrong-password", challenges: [] };
		}
		return this.succeeded(now, attempt);
	}

	/** Returns what the token of a session grants; `undefined` when it is not valid, or its user has ended it. */
	checkSession(token: string, now: Millis): Grant | undefined {
		const grant = this.host.tokens().check("session", token, this.host.moment(now));
		return grant === undefined || this.ended.has(token) ? undefined : grant;
	}

	/**
	 * Ends a session at the wish of its user: this device no longer accepts its token.
	 * @returns what identifies it in an {@link Admission}; `undefined` when the token is not valid
	 */
	endSession(token: string, now: Millis): string | undefined {
		const grant = this.checkSession(token, now);
		if (grant === undefined) return undefined;
		this.ended.add(token, grant, this.host.moment(now).seconds);
		return sessionOf(token);
	}

	/**
	 * Makes the token of a session, which ends with what it is derived from and lasts a week at most.
	 * @returns the token, and how long it is valid
	 */
	issueSession(now: Millis, { role, until }: Grant): { readonly token: string; readonly lifetime: Seconds } {
		const moment = this.host.moment(now);
		const lifetime = Math.min(SESSION, until - moment.seconds);
		const mark = new Uint8Array(4);
		this.host.random.fill(mark);
		return { token: this.host.tokens().issue("session", role, moment, lifetime, toHex(mark)), lifetime };
	}

	/** Makes the token by which a browser is known when its user logs in again: others' wrong passwords do not delay it. */
	issueBrowser(now: Millis, role: Role): { readonly token: string; readonly lifetime: Seconds } {
		const lifetime = lifetimeOf("browser");
		return { token: this.host.tokens().issue("browser", role, this.host.moment(now), lifetime), lifetime };
	}

	/** Makes the token of a viewer link. */
	issueLink(now: Millis, lifetime: Seconds): string {
		return this.host.tokens().issue("link", "viewer", this.host.moment(now), lifetime);
	}

	/** Makes a nonce for the login page's script, which answers without a challenge. */
	nonce(now: Millis): string {
		return this.digest.nonce(now);
	}

	/** Makes the challenges for a client that is refused for another reason than {@link authenticate} gave. */
	challenges(now: Millis, profile: DigestProfile = "http"): readonly string[] {
		return this.digest.challenges(now, profile, this.host.record(), false);
	}

	/** `undefined`: the field brings nothing that is known here; other credentials may. */
	private checkAuthorization(request: AccessRequest, field: string): Authentication | undefined {
		const { now, method, target, address, profile = "http" } = request;
		const credentials = parseCredentials(field);
		if (credentials?.scheme === "bearer") {
			const grant = this.checkLink(credentials.token, now);
			return grant && granted("link", grant);
		}
		if (credentials?.scheme !== "digest") return undefined;
		const { parameters } = credentials;
		const attempt = this.attemptOf(now, address, parameters.get("username"), request.credentials.browser);
		const wait = this.waitOf(now, attempt);
		if (wait > 0) return { outcome: "throttled", retryAfter: wait };
		const record = this.host.record();
		const result = this.digest.check({ now, method, target, address, profile }, parameters, record);
		switch (result) {
			case "owner":
			case "viewer":
				return this.succeeded(now, attempt);
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
		return this.host.tickets.check(ticket, this.host.id, this.host.moment(now));
	}

	private checkLink(token: string, now: Millis): Grant | undefined {
		return this.host.tokens().check("link", token, this.host.moment(now));
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

	private succeeded(now: Millis, attempt: LoginAttempt): Authentication {
		this.throttle.succeeded(attempt);
		this.host.loggedIn?.(attempt.account);
		return granted("password", { role: attempt.account, until: this.host.moment(now).seconds + SESSION });
	}
}

/** Neighbours of an open LAN may do everything, but get nothing that outlasts the request. */
const NEIGHBOUR: Grant = Object.freeze({ role: "owner", until: 0 });

function granted(proof: Proof, { role, until }: Grant, session?: string): Authentication {
	const admission = session === undefined ? { role, proof, until } : { role, proof, until, session };
	return { outcome: "granted", admission };
}
