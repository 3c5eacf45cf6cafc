import { lifetimeOf, type Moment } from "../../access/access-tokens";
import { Authenticator, type AuthenticatorHost } from "../../access/authenticator";
import type { EndedSessionsMemory } from "../../access/ended-sessions";
import type { Role } from "../../access/role";
import type { Millis } from "../../core/time";
import { originOf } from "../../http/http-request";
import { type ACCESS_SCHEMA, isPassword } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import { linkPage } from "../../web/link-page";
import { LoginGate, type LoginGateHost } from "../../web/login-gate";
import { MESSAGES } from "../../web/messages";
import type { Node, NodeSettings } from "../node";
import { get, type Metric, type Part, post, type Route, type SiteRequest } from "../part";
import { CredentialStore, type Keyring } from "./credential-store";

/** The settings of the access part. */
export type AccessPartSettings = NodeSettings & ValuesOf<typeof ACCESS_SCHEMA>;

const LINK_HOURS_MAX = lifetimeOf("link") / 3600;

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
		path: "/api/v1/links",
		need: "owner",
		about: "Creates a viewer link: anyone who has it can watch until it expires.",
		fields: Object.freeze([
			Object.freeze({ name: "hours", type: "number", about: "1 to 8784", example: 24, needed: true }),
		]),
		run: (access: AccessPart, form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer =>
			access.makeLink(Number(form.get("hours")), request),
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

/** Accounts, sessions and links: authenticates the users of all pages. */
export class AccessPart implements Part, AuthenticatorHost, LoginGateHost {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly credentials: CredentialStore;
	/** Is asked before anything is served. */
	readonly gate: LoginGate;
	/** Knows the accounts, for protocols other than HTTP too. */
	readonly authenticator: Authenticator;
	/** The sessions that have ended but are not stored yet; empty: all are. */
	private ended = "";
	private pausesEnded = false;

	/** @param keyring the fleet's keys, with which sessions and tickets are signed while there are any */
	constructor(
		private readonly node: Node<AccessPartSettings>,
		keyring: Keyring,
	) {
		this.credentials = new CredentialStore(node.host, node.identity, node.settings, keyring, node.memory);
		this.authenticator = new Authenticator(this);
		this.gate = new LoginGate(this.authenticator, this);
	}

	/** Sets the password of the user in a form. */
	setPassword(form: ReadonlyMap<string, string>): ApiAnswer {
		const user = form.get("user") ?? "";
		const password = form.get("password") ?? "";
		if (user !== "owner" && user !== "viewer") return { fault: MESSAGES.wrong.user };
		if ((form.get("again") ?? password) !== password) return { fault: MESSAGES.wrong.again };
		if (!isPassword(password) && !(user === "viewer" && password === "")) return { fault: MESSAGES.wrong.password };
		if (!this.credentials.setPassword(user, password)) return { fault: MESSAGES.wrong.passwordsPinned, status: 409 };
		return { renew: true };
	}

	/** Makes a viewer link to the page that the visitor reached this device by. */
	makeLink(hours: number, request: SiteRequest): ApiAnswer {
		if (!(hours >= 1 && hours <= LINK_HOURS_MAX)) return { fault: MESSAGES.wrong.hours(LINK_HOURS_MAX) };
		const token = this.authenticator.issueLink(request.now, hours * 3600);
		const url = `${originOf(request)}/?link=${token}`;
		return { body: { url, token, hours }, page: (visitor) => linkPage(url, hours, visitor) };
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
		return this.node.settings.lanWithoutPassword;
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

	moment(now: Millis): Moment {
		return this.credentials.moment(now);
	}

	/** @see LoginGateHost */
	sessionEnded(session: string): void {
		this.credentials.sessionEnded(session);
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
}
