import type { Moment } from "../../access/access-tokens";
import { Authenticator, type AuthenticatorHost } from "../../access/authenticator";
import type { EndedSessionsMemory } from "../../access/ended-sessions";
import { NEIGHBOURS, type Role } from "../../access/role";
import type { Millis, Seconds } from "../../core/time";
import { type ACCESS_SCHEMA, isPassword } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import { LoginGate, type LoginGateHost } from "../../web/login-gate";
import { MESSAGES } from "../../web/messages";
import type { Node, NodeSettings } from "../node";
import { get, type Metric, type Part, post, type Route, type SiteRequest } from "../part";
import { urlOf } from "../url-of";
import { CredentialStore, type Keyring } from "./credential-store";
import { ViewerLinks } from "./viewer-links";

/** The settings of the access part. */
export type AccessPartSettings = NodeSettings & ValuesOf<typeof ACCESS_SCHEMA>;

/** The key in the store of the sessions that have ended. */
const ENDED_KEY = "logged-out";
/** They are stored at most this often, as flash wears out and each user can end sessions again and again. */
const ENDED_PAUSE: Millis = 60000;

/**
 * The largest login form, in octets. Strangers may send it on many connections at once, and a board has little memory; a
 * password of 64 characters takes up to 768.
 */
const LOGIN_MAX = 2048;

const ROUTES: readonly Route<AccessPart>[] = Object.freeze([
	get("/login", (_access: AccessPart, _request, reply) => reply.redirect("/")),
	Object.freeze({
		...post("/login", (access: AccessPart, request, reply) => access.gate.login(request, reply), "anyone"),
		body: LOGIN_MAX,
	}),
	post("/logout", (access: AccessPart, request, reply) => access.gate.logout(request, reply), "viewer"),
]);

const OPERATIONS: readonly ApiOperation<AccessPart>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/password",
		need: "owner",
		about: "Sets a user's password, on all cameras of a fleet with a key; sessions and links end.",
		conflict: "the password was set at startup (--password)",
		fields: Object.freeze([
			Object.freeze({ name: "user", type: "string", about: "owner or viewer", example: "viewer", needed: true }),
			Object.freeze({
				name: "password",
				type: "string",
				about: "8 to 64 characters; empty disables the viewer account",
				example: "correct horse",
			}),
			Object.freeze({
				name: "again",
				type: "string",
				about: "the password again; only forms send it",
				example: "correct horse",
			}),
		]),
		run: (access: AccessPart, form: ReadonlyMap<string, string>): ApiAnswer => access.setPassword(form),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/logout-all",
		need: "owner",
		about: "Ends all sessions and viewer links, on all cameras of a fleet with a key.",
		run: (access: AccessPart): ApiAnswer => {
			access.credentials.endSessions();
			return DONE;
		},
	}),
]);

/** Accounts and sessions: authenticates the users of all pages. */
export class AccessPart implements Part, AuthenticatorHost, LoginGateHost {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly credentials: CredentialStore;
	/** Is asked before anything is served. */
	readonly gate: LoginGate;
	/** Knows the accounts, for protocols other than HTTP too. */
	readonly authenticator: Authenticator;
	/** The viewer links that were made here. @see LinksPart */
	readonly links: ViewerLinks;
	/** Whether devices of the LAN need no password, as the owner has changed it; `undefined`: as at the start. */
	private isOpenInLan: boolean | undefined;
	/** The sessions that have ended but are not stored yet; empty: all are. */
	private ended = "";
	private pausesEnded = false;

	/** @param keyring the fleet's keys, with which sessions and tickets are signed while there are any */
	constructor(
		private readonly node: Node<AccessPartSettings>,
		keyring: Keyring,
	) {
		const { host, memory } = node;
		const credentials = new CredentialStore(host, node.identity, node.settings, keyring, memory);
		this.credentials = credentials;
		this.links = new ViewerLinks(host, memory, credentials);
		this.authenticator = new Authenticator(this);
		this.gate = new LoginGate(this.authenticator, this);
		credentials.listen({
			loggedOutElsewhere: (session, until) => this.authenticator.endElsewhere(session, until, node.now),
		});
	}

	/** Sets the password of the user in a form. */
	setPassword(form: ReadonlyMap<string, string>): ApiAnswer {
		const user = form.get("user") ?? "";
		const password = form.get("password") ?? "";
		if (user !== "owner" && user !== "viewer") return { fault: MESSAGES.wrong.user };
		if ((form.get("again") ?? password) !== password) return { fault: MESSAGES.wrong.again };
		if (!isPassword(password) && !(user === "viewer" && password === "")) return { fault: MESSAGES.wrong.password };
		if (!this.credentials.setPassword(user, password)) return { fault: MESSAGES.wrong.passwordsPinned, status: 409 };
		// The portal tells the owner to choose one.
		this.node.changed();
		return { renew: true };
	}

	metrics(): readonly Metric[] {
		const { strangers, wrongPasswords } = this.gate.counters;
		return [
			["http_strangers_total", "counter", "Requests without credentials", strangers],
			["http_wrong_passwords_total", "counter", "Wrong passwords", wrongPasswords],
		];
	}

	/** @see AuthenticatorHost */
	get id(): string {
		return this.node.identity.id;
	}

	get random() {
		return this.node.host.random;
	}

	get withMd5(): boolean {
		return this.node.settings.digestMd5;
	}

	get tickets() {
		return this.credentials.tickets;
	}

	get onlySecure(): boolean {
		return this.node.isSecure;
	}

	get openInLan(): boolean {
		return this.isOpenInLan ?? this.node.settings.lanWithoutPassword;
	}

	/** @see Part.takeSetting */
	takeSetting(name: string, value: string): boolean {
		if (name !== "lan-without-password") return false;
		const wasOpen = this.openInLan;
		this.isOpenInLan = value === "on";
		// What they watch does not go on without a password.
		if (wasOpen && !this.isOpenInLan) this.credentials.sessionEnded(NEIGHBOURS);
		return true;
	}

	/** @see AuthenticatorHost */
	get endedSessions(): EndedSessionsMemory {
		return {
			read: () => this.node.memory.read(ENDED_KEY),
			write: (text) => {
				this.ended = text;
				if (!this.pausesEnded) this.storeEnded();
			},
		};
	}

	stop(): void {
		this.storeEnded();
		this.links.save(this.node.now);
	}

	private storeEnded(): void {
		this.pausesEnded = this.ended !== "";
		if (!this.pausesEnded) return;
		this.node.memory.write(ENDED_KEY, this.ended);
		this.ended = "";
		this.node.pump.after(ENDED_PAUSE, () => this.storeEnded());
	}

	record() {
		return this.credentials.record;
	}

	tokens() {
		return this.credentials.tokens;
	}

	formerTokens() {
		return this.credentials.former;
	}

	moment(now: Millis): Moment {
		return this.credentials.moment(now);
	}

	/** @see AuthenticatorHost */
	isRevoked(link: string): boolean {
		return this.credentials.isRevoked(link);
	}

	/** @see AuthenticatorHost */
	linkUsed(link: string, now: Millis): void {
		this.links.used(now, link);
	}

	/** @see LoginGateHost */
	sessionEnded(session: string, until: Seconds): void {
		this.credentials.loggedOut(session, until);
	}

	loggedIn(role: Role): void {
		if (role === "owner") this.credentials.knowsPassword();
	}

	isNeighbour(address: string): boolean {
		return this.node.addresses.isOtherDevice(address);
	}

	isOurName(name: string): boolean {
		return this.node.isOurName(name);
	}

	/**
	 * A device of the LAN is told the address that it has connected to, and a visitor who came by the router the router's. A
	 * program on this machine may act for anybody, and neither concerns those users.
	 * @see LoginGateHost
	 */
	addressFor({ remoteAddress, localAddress, secure }: SiteRequest, port: number): string {
		const { addresses } = this.node;
		if (addresses.isThisMachine(remoteAddress)) return "";
		if (addresses.isOtherDevice(remoteAddress)) return urlOf(localAddress, port, secure);
		return addresses.mayBeFar(remoteAddress) ? urlOf(addresses.externalAddress, port, secure) : "";
	}
}
