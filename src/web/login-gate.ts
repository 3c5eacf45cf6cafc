import type { Grant } from "../access/access-tokens";
import type { Authentication } from "../access/authentication";
import type { Authenticator, SessionToken } from "../access/authenticator";
import { type Admission, type Need, permits, type Role } from "../access/role";
import { utf8Decode } from "../base/text";
import { formatEndpoint, parseIp } from "../core/ip-address";
import type { Seconds } from "../core/time";
import type { HttpRequest as AnyRequest, HttpReply } from "../http/http-request";
import type { Gate } from "../http/http-site";
import { NO_STORE } from "../http/response-head";
import { quoted } from "../wire/http-auth";
import { originFormOf } from "../wire/http-host";
import { parseForm } from "../wire/http-target";
import { fieldOf, type Headers } from "../wire/text-message";
import { backFrom, cookieOf, hostOf, isForPrograms, isSurelyBrowser, portOf, wantsHtml } from "./browser-request";
import { type LoginMessage, loginPage } from "./login-page";
import { MESSAGES } from "./messages";
import type { Page } from "./page";
import { errorPage } from "./refusal";

type HttpRequest = AnyRequest<Admission>;

/** What a {@link LoginGate} needs from its owner. */
export interface LoginGateHost {
	/** What the login page says at first. @default nothing */
	readonly hint?: LoginMessage;
	/** Whether requests without TLS are redirected to `https://`. @default false */
	readonly onlySecure?: boolean;
	/** A user has logged out. @param session as in the {@link Admission} of its requests @param until when it would have ended */
	sessionEnded?(session: string, until: Seconds): void;
	/** Tells whether this is a host name of this device; literal addresses always are. */
	isOurName(host: string): boolean;
	/**
	 * Finds the address under which a client that used an unknown host name reaches this device: `http://192.168.0.12:8000/`.
	 * The client may be a stranger and is told nothing that it does not know. Empty: there is none.
	 * @param port that the client used
	 * @default empty
	 */
	addressFor?(request: HttpRequest, port: number): string;
}

/** Another way to log in than those of a {@link LoginGate}. */
export interface OtherLogin {
	/** @returns `undefined`: the request does not use it, or may not */
	authenticate(request: HttpRequest): Authentication | undefined;
	/** Adds the field that offers it to a client without credentials. */
	offer(request: HttpRequest, headers: (readonly [string, string])[]): void;
}

/**
 * Authenticates HTTP requests and checks roles before any route is asked.
 *
 * Adds to the {@link Authenticator} what browsers need: session cookies, the login page, redirects that take tokens out
 * of the address bar, the check of host names against DNS rebinding. Unknown paths require a login too, so strangers
 * cannot probe for routes.
 */
export class LoginGate implements Gate<Admission, Need> {
	/** Another way to log in, for some paths; absent: none. */
	other: OtherLogin | undefined;
	/** Requests that were answered 401. */
	private strangers = 0;
	private readonly pages = new Map<string, Page>();

	constructor(
		private readonly authenticator: Authenticator,
		private readonly host: LoginGateHost,
	) {}

	/** Requests that were answered 401 for lack of credentials, and wrong passwords. */
	get counters(): { readonly strangers: number; readonly wrongPasswords: number } {
		return { strangers: this.strangers, wrongPasswords: this.authenticator.wrongPasswords };
	}

	admit(request: HttpRequest, asked: Need | undefined, reply: HttpReply): boolean {
		const need = asked ?? "viewer";
		if (!this.isOurHost(request)) {
			// DNS rebinding: somebody else's page whose host name now resolves to this device.
			this.misdirected(request, reply);
			return false;
		}
		// Routes for anyone are for programs that have no TLS: UPnP's description and events. The login page is not.
		if (this.host.onlySecure === true && !request.secure && (need !== "anyone" || request.method === "POST")) {
			redirectToHttps(request, reply);
			return false;
		}
		const result = this.authenticate(request, need);
		if (result.outcome === "granted") {
			request.visitor = result.admission;
			if (this.exchangeToken(request, reply, result.admission)) return false;
			this.renewCookie(request, reply, result.admission);
		} else if (result.outcome !== "refused" || result.reason !== "no-credentials") {
			this.answer(request, reply, result);
			return false;
		}
		const { visitor } = request;
		if (permits(visitor?.role, need)) return true;
		if (visitor !== undefined) reply.error(403, MESSAGES.refused.owner);
		else this.answer(request, reply, result);
		return false;
	}

	/**
	 * Answers `POST /login`: a form with user and password, or the page's script, which asks for a nonce first and then
	 * logs in by Digest, which {@link admit} has checked by then.
	 */
	login(request: HttpRequest, reply: HttpReply): void {
		const { now, remoteAddress, visitor } = request;
		// A session, link or ticket does not begin a new session.
		if (visitor?.proof === "password") {
			this.begin(request, reply, visitor, undefined, this.browserCookie(request, visitor.role));
			return;
		}
		// Never as JSON: nothing that a stranger sends is worth a second parser.
		const form = parseForm(utf8Decode(request.message.body));
		const user = form?.get("user");
		if (form === undefined || user === undefined) {
			const body = JSON.stringify({ realm: this.authenticator.realm, nonce: this.authenticator.nonce(now) });
			reply.send(401, "application/json", body, [this.cookieChallenge(), ...NO_STORE]);
			return;
		}
		const result = this.authenticator.logIn(
			now,
			remoteAddress,
			user,
			form.get("password") ?? "",
			cookieOf(request, this.browserName),
		);
		if (result.outcome === "granted") {
			const { admission } = result;
			this.begin(request, reply, admission, backFrom(request), this.browserCookie(request, admission.role));
		} else if (result.outcome === "throttled") this.tooMany(request, reply, result.retryAfter);
		else this.page("wrong", request).replyWith(reply, 401, [this.cookieChallenge(), ...NO_STORE]);
	}

	/** Answers `POST /logout`: this device no longer accepts the session, so a copy of its cookie is worth nothing here. */
	logout(request: HttpRequest, reply: HttpReply): void {
		const gone: (readonly [string, string])[] = [];
		for (const name of this.cookieNames) {
			const session = cookieOf(request, name) ?? "";
			const next = this.authenticator.successorOf(session, request.now);
			this.end(request, session);
			if (next !== undefined) this.end(request, next.token);
			gone.push(["Set-Cookie", `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`]);
		}
		reply.redirect("/", gone);
	}

	private end({ now }: HttpRequest, token: string): void {
		const ended = this.authenticator.endSession(token, now);
		if (ended !== undefined) this.host.sessionEnded?.(ended.session, ended.until);
	}

	/** Answers 401 for a route for anyone that decides itself, so that the answer reveals nothing about the route. */
	challenge(request: HttpRequest, reply: HttpReply): void {
		this.unauthorized(request, reply, this.authenticator.challenges(request.now));
	}

	/** Returns the new cookies for a client whose request has just ended all sessions, so that its own continues. */
	renewed(request: HttpRequest): Headers {
		const { visitor } = request;
		if (visitor?.proof !== "session") return [];
		return [this.cookie(request, visitor), ...this.browserCookie(request, visitor.role)];
	}

	private authenticate(request: HttpRequest, need: Need): Authentication {
		const { method, message, query, remoteAddress, now } = request;
		const other = this.other?.authenticate(request);
		if (other !== undefined) return other;
		const credentials = {
			ticket: query.get("pass"),
			link: query.get("link"),
			authorization: fieldOf(message, "authorization"),
			session: this.sessionOf(request),
			browser: cookieOf(request, this.browserName),
		};
		return this.authenticator.authenticate({
			method,
			target: message.target,
			address: remoteAddress,
			credentials,
			now,
			pictures: need === "pictures",
		});
	}

	/**
	 * Turns the token in a browser's address bar into a session, and sends the browser to the same page without it.
	 * @returns true when it has answered
	 */
	private exchangeToken(request: HttpRequest, reply: HttpReply, admission: Admission): boolean {
		const { method, query, now } = request;
		if (!query.has("pass") && !query.has("link")) return false;
		if (admission.proof !== "ticket" && admission.proof !== "link") return false;
		if (method !== "GET" || !wantsHtml(request)) return false;
		const to = withoutTokens(request);
		// A link from somebody else must not turn the owner into a viewer.
		const session = this.authenticator.checkSession(this.sessionOf(request) ?? "", now);
		if (session?.role === "owner") reply.redirect(to, NO_STORE);
		else this.begin(request, reply, admission, to);
		return true;
	}

	/** Gives a browser whose session was begun under the key before a cookie of the present one, which is known after a restart too. */
	private renewCookie(request: HttpRequest, reply: HttpReply, { proof }: Admission): void {
		const next =
			proof === "session" ? this.authenticator.successorOf(this.sessionOf(request) ?? "", request.now) : undefined;
		if (next !== undefined) reply.add("Set-Cookie", this.cookieField(request, next));
	}

	private answer(request: HttpRequest, reply: HttpReply, result: Authentication): void {
		if (result.outcome === "throttled") this.tooMany(request, reply, result.retryAfter);
		else if (result.outcome !== "granted") this.unauthorized(request, reply, result.challenges);
	}

	/**
	 * Asks for credentials: a program by Digest, a browser by the login page instead of its own dialog. Some programs look
	 * like browsers (PowerShell, Java): where programs go, they are asked by Digest too, after the challenge for browsers.
	 */
	private unauthorized(request: HttpRequest, reply: HttpReply, challenges: readonly string[]): void {
		this.strangers++;
		const html = wantsHtml(request);
		const browser = html || (fieldOf(request.message, "user-agent") ?? "").startsWith("Mozilla/");
		const headers: (readonly [string, string])[] = browser ? [this.cookieChallenge()] : [];
		if (!browser || (isForPrograms(request.path) && !isSurelyBrowser(request)))
			for (const value of challenges) headers.push([AUTHENTICATE, value]);
		if (!browser) this.other?.offer(request, headers);
		headers.push(...NO_STORE);
		const isLink = request.query.has("link");
		if (html) this.page(isLink ? "ended" : (this.host.hint ?? ""), request).replyWith(reply, 401, headers);
		else reply.error(401, isLink ? MESSAGES.refused.link : MESSAGES.refused.logIn, headers);
	}

	private tooMany(request: HttpRequest, reply: HttpReply, retryAfter: Seconds): void {
		const headers: Headers = [["Retry-After", `${retryAfter}`], ...NO_STORE];
		if (wantsHtml(request)) this.page("wait", request).replyWith(reply, 429, headers);
		else reply.error(429, MESSAGES.refused.guesses, headers);
	}

	/** Begins a session: sets its cookie, and redirects the browser, or tells the login page's script. */
	private begin(request: HttpRequest, reply: HttpReply, grant: Grant, to?: string, more: Headers = []): void {
		const cookie: Headers = [this.cookie(request, grant), ...more, ...NO_STORE];
		if (to !== undefined) reply.redirect(to, cookie);
		else reply.send(200, "application/json", JSON.stringify({ role: grant.role }), cookie);
	}

	private get cookieName(): string {
		return `porthole-${this.authenticator.sessionName}`;
	}

	/** The names of cookies that may hold a session. */
	private get cookieNames(): readonly string[] {
		const former = this.authenticator.formerSessionName;
		return former === undefined ? [this.cookieName] : [this.cookieName, `porthole-${former}`];
	}

	/** The session in a request's cookies. */
	private sessionOf(request: HttpRequest): string | undefined {
		for (const name of this.cookieNames) {
			const session = cookieOf(request, name);
			if (session !== undefined) return session;
		}
		return undefined;
	}

	private cookie(request: HttpRequest, grant: Grant): readonly [string, string] {
		return ["Set-Cookie", this.cookieField(request, this.authenticator.issueSession(request.now, grant))];
	}

	private cookieField({ secure }: HttpRequest, { token, lifetime }: SessionToken): string {
		const attributes = `Path=/; Max-Age=${Math.floor(lifetime)}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
		return `${this.cookieName}=${token}; ${attributes}`;
	}

	/** The name of the cookie by which a browser is known again. */
	private get browserName(): string {
		return `${this.cookieName}-known`;
	}

	/** It is sent with logins only. */
	private browserCookie({ now, secure }: HttpRequest, role: Role): Headers {
		const { token, lifetime } = this.authenticator.issueBrowser(now, role);
		const attributes = `Path=/login; Max-Age=${lifetime}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
		return [["Set-Cookie", `${this.browserName}=${token}; ${attributes}`]];
	}

	/** Answers 421: the host name is unknown, or somebody else's. */
	private misdirected(request: HttpRequest, reply: HttpReply): void {
		const { otherHost, otherHostOpen } = MESSAGES.refused;
		const url = this.host.addressFor?.(request, portOf(request)) ?? "";
		if (!wantsHtml(request)) return reply.error(421, url === "" ? otherHost : otherHostOpen(url));
		errorPage(421, otherHost, url === "" ? [] : [[url, url]], undefined).replyWith(reply, 421, NO_STORE);
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

	/** A scheme that browsers do not know, so they show the page. @see draft-broyer-http-cookie-auth */
	private cookieChallenge(): readonly [string, string] {
		const realm = quoted(this.authenticator.realm);
		return [AUTHENTICATE, `Cookie realm=${realm}, form-action="/login", cookie-name=${quoted(this.cookieName)}`];
	}

	private isOurHost(request: HttpRequest): boolean {
		const name = hostOf(request);
		if (name[0] === "[") return parseIp(name.slice(1, -1)) !== undefined;
		return name === "" || isAddress(name) || name === "localhost" || this.host.isOurName(name);
	}
}

const AUTHENTICATE = "WWW-Authenticate";

/**
 * Sends the client to the same target by `https://`: on the host and port that it used, as both protocols share a port.
 * With 308 the method and the body stay.
 * @see RFC 9110 §15.4.9
 */
function redirectToHttps({ message, localAddress, localPort }: HttpRequest, reply: HttpReply): void {
	const host = fieldOf(message, "host") || formatEndpoint(localAddress, localPort);
	reply.error(308, MESSAGES.refused.secure, [["Location", `https://${host}${originFormOf(message.target)}`]]);
}

/** The requested path, with its query but for tokens. */
function withoutTokens(request: HttpRequest): string {
	let query = "";
	for (const [name, value] of request.query) {
		if (name !== "pass" && name !== "link")
			query += `${query === "" ? "?" : "&"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
	}
	const path = request.path.split("/").map(encodeURIComponent).join("/");
	return path + query;
}

/** True for an IPv4 address. */
function isAddress(name: string): boolean {
	for (let i = 0; i < name.length; i++) {
		const code = name.charCodeAt(i);
		if (code !== 46 && (code < 48 || code > 57)) return false;
	}
	return true;
}
