import type { AccessTokens, Grant, Moment } from "../access/access-tokens";
import { DigestAuth } from "../access/digest-auth";
import { hashPassword, type LoginRecord } from "../access/login-record";
import { LoginThrottle } from "../access/login-throttle";
import { type Admission, type Need, type Proof, permits, type Role } from "../access/role";
import type { Tickets } from "../access/tickets";
import { equalInConstantTime } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";
import { formOf } from "../http/http-form";
import type { HttpRequest as AnyRequest, HttpReply } from "../http/http-request";
import type { Gate } from "../http/http-site";
import { NO_STORE } from "../http/response-head";
import { parseCredentials, quoted } from "../wire/http-auth";
import type { Headers } from "../wire/text-message";
import { fieldOf } from "../wire/text-message";
import { backFrom, wantsHtml } from "./browser-request";
import { redirectToHttps } from "./https-redirect";
import { type LoginMessage, loginPage } from "./login-page";
import { MESSAGES } from "./messages";
import type { Page } from "./page";
import { refuse } from "./refusal";

/** A session lasts for so many seconds: a week. */
const SESSION = 604800;

type HttpRequest = AnyRequest<Admission>;

/** What the gate has to know of its camera. */
export interface AccessHost {
	/** The camera, as passes name it. */
	readonly id: string;
	/** Unpredictable octets. */
	readonly random: { fill(bytes: Uint8Array): void };
	/** True: clients that know nothing better may use MD5. */
	readonly withMd5: boolean;
	readonly tickets: Tickets;
	/** Who may log in. */
	record(): LoginRecord;
	/** For sessions and links. */
	tokens(): AccessTokens;
	moment(now: Millis): Moment;
	/** True: the address is a neighbour in the LAN, and not the gateway, behind which anybody may be. */
	isNeighbour(address: string): boolean;
	/** True: whoever comes without TLS is sent to `https://`. @default false */
	readonly onlySecure?: boolean;
	/** True: neighbours need no password. */
	readonly openInLan: boolean;
	/** True: visitors may call us by this name; literal addresses are always fine. */
	isOurName(host: string): boolean;
}

/**
 * Lets in who belongs, and nobody else: asked before any route is (RFC 9110 §11, RFC 7616).
 *
 * A visitor shows Digest credentials, a session's cookie, a bearer token, or a signed link; a stranger gets 401 whatever
 * he asks for, so that he can't even learn which pages there are.
 */
export class Access implements Gate<Admission, Need> {
	/** Requests turned away for lack of credentials, and wrong passwords. */
	readonly counters = { strangers: 0, wrongPasswords: 0 };
	private readonly digest: DigestAuth;
	private readonly throttle = new LoginThrottle();
	private readonly pages = new Map<string, Page>();

	constructor(private readonly host: AccessHost) {
		this.digest = new DigestAuth(host.random, host.withMd5);
	}

	admit(request: HttpRequest, asked: Need | undefined, reply: HttpReply): boolean {
		const need = asked ?? "viewer";
		if (!this.isOurHost(request)) {
			// DNS rebinding: a page of somebody else's that has let its name point at us.
			reply.error(421, MESSAGES.refused.otherHost);
			return false;
		}
		// What anyone may have is for programs that know no TLS: the description of UPnP.
		if (this.host.onlySecure === true && !request.secure && !(need === "anyone" && request.method === "GET")) {
			redirectToHttps(request, reply);
			return false;
		}
		const shown = request.query.get("pass") ?? request.query.get("link");
		const grant = shown === undefined ? undefined : this.grantOf(request, shown);
		if (grant !== undefined && request.method === "GET" && wantsHtml(request)) {
			const to = withoutTokens(request);
			// A link that somebody else made must not make a viewer of the owner.
			if (this.sessionOf(request)?.role === "owner") reply.redirect(to, NO_STORE);
			else this.begin(request, reply, grant, to);
			return false;
		}
		if (grant !== undefined) admitBy(request, "token", grant);
		else this.admitByField(request, reply);
		// An answer has been given: a wrong password, or too many of them.
		if (reply.answered) return false;
		const session = request.visitor === undefined ? this.sessionOf(request) : undefined;
		if (session !== undefined) admitBy(request, "session", session);
		if (request.visitor === undefined && this.host.openInLan && this.host.isNeighbour(request.remoteAddress))
			admitBy(request, "neighbour", OPEN);
		if (permits(request.visitor?.role, need)) return true;
		if (request.visitor !== undefined) refuse(request, reply, 403, MESSAGES.refused.owner);
		else this.challenge(request, reply);
		return false;
	}

	/** Answers `POST /login`: by Digest from the page's script, or by a form with user and password. */
	login(request: HttpRequest, reply: HttpReply): void {
		const { now, remoteAddress } = request;
		// By Digest the gate has checked it already. Whoever showed less than a password begins no session of a week by it.
		if (request.visitor?.proof === "password") {
			this.begin(request, reply, request.visitor);
			return;
		}
		const form = formOf(request);
		const user = form?.get("user");
		const record = this.host.record();
		if (form === undefined || user === undefined) {
			const body = JSON.stringify({ realm: record.realm, nonce: this.digest.nonce(now) });
			reply.send(401, "application/json", body, [this.cookieChallenge(), ...NO_STORE]);
			return;
		}
		if (this.slowedDown(request, reply)) return;
		const role: Role = user === "owner" ? "owner" : "viewer";
		const given = utf8Encode(hashPassword(role, record.realm, form.get("password") ?? "", false).sha256);
		const wanted = utf8Encode(record.hashesOf(user)?.sha256 ?? "-".repeat(given.length));
		if (!equalInConstantTime(given, 0, wanted, 0, wanted.length)) {
			this.failed(request);
			this.page("wrong", request).replyWith(reply, 401, [this.cookieChallenge(), ...NO_STORE]);
			return;
		}
		this.throttle.succeeded(remoteAddress);
		this.begin(request, reply, { role, until: this.sessionEnd(now) }, backFrom(request));
	}

	/** Answers `POST /logout`. */
	logout(reply: HttpReply): void {
		reply.redirect("/", [["Set-Cookie", `${this.cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`]]);
	}

	/**
	 * Asks a stranger who he is: a program by Digest, a browser by our page, as its own dialogue is a poor one. A route
	 * for anyone that turns somebody away after all does it by this, so that the answer tells nothing of the route.
	 */
	challenge(request: HttpRequest, reply: HttpReply, stale = false): void {
		this.counters.strangers++;
		if (wantsHtml(request)) {
			this.page("", request).replyWith(reply, 401, [this.cookieChallenge(), ...NO_STORE]);
			return;
		}
		const browser = (fieldOf(request.message, "user-agent") ?? "").startsWith("Mozilla/");
		const fields = browser
			? [this.cookieChallenge()]
			: this.digest.challenges(request.now, this.host.record().realm, stale);
		reply.error(401, MESSAGES.refused.logIn, [...fields, ...NO_STORE]);
	}

	/** Makes the token of a link that lets whoever has it look for so many seconds. */
	link(now: Millis, seconds: number): string {
		return this.host.tokens().issue("link", "viewer", this.host.moment(now), seconds);
	}

	private get cookieName(): string {
		return `porthole-${this.host.tokens().name}`;
	}

	/** Begins a session: sets its cookie, and sends the visitor on, or tells a script that all is well. */
	private begin(request: HttpRequest, reply: HttpReply, grant: Grant, to?: string): void {
		const cookie: Headers = [this.cookie(request, grant), ...NO_STORE];
		if (to !== undefined) reply.redirect(to, cookie);
		else reply.send(200, "application/json", JSON.stringify({ role: grant.role }), cookie);
	}

	/** What keeps the session of whoever has just ended all sessions by what he asked for. */
	renewed(request: HttpRequest): Headers {
		const { visitor } = request;
		return visitor?.proof === "session" ? [this.cookie(request, visitor)] : [];
	}

	private cookie(request: HttpRequest, { role, until }: Grant): readonly [string, string] {
		const moment = this.host.moment(request.now);
		const seconds = Math.min(SESSION, until - moment.seconds);
		const token = this.host.tokens().issue("session", role, moment, seconds);
		const secure = request.secure ? "; Secure" : "";
		const life = `Path=/; Max-Age=${Math.floor(seconds)}; HttpOnly; SameSite=Lax${secure}`;
		return ["Set-Cookie", `${this.cookieName}=${token}; ${life}`];
	}

	private grantOf(request: HttpRequest, shown: string): Grant | undefined {
		const { host } = this;
		const moment = host.moment(request.now);
		const grant = request.query.has("pass") ? host.tickets.check(shown, host.id, moment) : undefined;
		return grant ?? host.tokens().check("link", shown, moment);
	}

	private admitByField(request: HttpRequest, reply: HttpReply): void {
		const field = fieldOf(request.message, "authorization");
		const credentials = field === undefined ? undefined : parseCredentials(field);
		if (credentials?.scheme === "bearer") {
			const grant = this.host.tokens().check("link", credentials.token, this.host.moment(request.now));
			if (grant !== undefined) admitBy(request, "token", grant);
			return;
		}
		if (credentials?.scheme !== "digest" || this.slowedDown(request, reply)) return;
		const { message, method, now } = request;
		const record = this.host.record();
		const result = this.digest.check(now, credentials.parameters, method, message.target, record);
		if (result === "owner" || result === "viewer") {
			this.throttle.succeeded(request.remoteAddress);
			admitBy(request, "password", { role: result, until: this.sessionEnd(now) });
			return;
		}
		if (result === "wrong") this.failed(request);
		this.challenge(request, reply, result === "stale");
	}

	private sessionOf(request: HttpRequest): Grant | undefined {
		const token = cookieOf(request, this.cookieName);
		return token === "" ? undefined : this.host.tokens().check("session", token, this.host.moment(request.now));
	}

	/** When a session that begins now ends. */
	private sessionEnd(now: Millis): number {
		return this.host.moment(now).seconds + SESSION;
	}

	private slowedDown(request: HttpRequest, reply: HttpReply): boolean {
		const wait = this.throttle.wait(request.now, request.remoteAddress, this.host.isNeighbour(request.remoteAddress));
		if (wait === 0) return false;
		const headers: Headers = [["Retry-After", `${Math.ceil(wait / 1000)}`], ...NO_STORE];
		if (wantsHtml(request)) this.page("wait", request).replyWith(reply, 429, headers);
		else reply.error(429, MESSAGES.refused.guesses, headers);
		return true;
	}

	private failed(request: HttpRequest): void {
		this.counters.wrongPasswords++;
		this.throttle.failed(request.now, request.remoteAddress);
	}

	private page(message: LoginMessage, { secure }: HttpRequest): Page {
		const key = `${message} ${secure}`;
		let page = this.pages.get(key);
		if (page === undefined) {
			page = loginPage(message, secure);
			this.pages.set(key, page);
		}
		return page;
	}

	/** A scheme that browsers don't know: they show the page that comes with it. @see draft-broyer-http-cookie-auth */
	private cookieChallenge(): readonly [string, string] {
		const { realm } = this.host.record();
		return [
			"WWW-Authenticate",
			`Cookie realm=${quoted(realm)}, form-action="/login", cookie-name=${quoted(this.cookieName)}`,
		];
	}

	private isOurHost(request: HttpRequest): boolean {
		const host = fieldOf(request.message, "host") ?? "";
		const colon = host.indexOf(":");
		const name = (colon < 0 ? host : host.slice(0, colon)).toLowerCase();
		return name === "" || isAddress(name) || name === "localhost" || this.host.isOurName(name);
	}
}

/** Who comes from an open LAN may do all, but takes nothing along. */
const OPEN: Grant = Object.freeze({ role: "owner", until: 0 });

function admitBy(request: HttpRequest, proof: Proof, { role, until }: Grant): void {
	request.visitor = { role, proof, until };
}

/** The path that was asked for, with its query but for tokens. */
function withoutTokens(request: HttpRequest): string {
	let query = "";
	for (const [name, value] of request.query) {
		if (name !== "pass" && name !== "link")
			query += `${query === "" ? "?" : "&"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
	}
	const path = request.path.split("/").map(encodeURIComponent).join("/");
	return path + query;
}

/** The value of a cookie; empty when it is not there. @see RFC 6265 §5.4 */
function cookieOf(request: HttpRequest, name: string): string {
	for (const [field, value] of request.message.fields) {
		if (field !== "cookie") continue;
		for (const pair of value.split(";")) {
			const equals = pair.indexOf("=");
			if (pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
		}
	}
	return "";
}

/** True for four numbers with dots, and for the absence of a name. */
function isAddress(name: string): boolean {
	for (let i = 0; i < name.length; i++) {
		const code = name.charCodeAt(i);
		if (code !== 46 && (code < 48 || code > 57)) return false;
	}
	return true;
}
