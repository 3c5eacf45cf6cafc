import { AccessTokens, type Moment } from "../../access/access-tokens";
import { hashPassword, LoginRecord } from "../../access/login-record";
import { isRevoked, joinRevoked, linksOf, missingOf, withRevoked } from "../../access/revoked-links";
import type { Role } from "../../access/role";
import { Tickets } from "../../access/tickets";
import { isHex, toHex } from "../../base/hex";
import type { Millis, Seconds } from "../../core/time";
import type { FleetKey } from "../../fleet/fleet-key";
import type { Store } from "../../ports/store";
import type { ACCESS_SCHEMA } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import type { Identity } from "../identity";
import type { NodeHost } from "../node-host";
import { drawPassword, firstLogin, keepLogin, readLogin, realmOf, SALT_OCTETS } from "./first-login";
import { dropFirstPassword, hasFirstPassword } from "./first-password";

/** Octets of the key that signs sessions and links where the fleet has none. */
const KEY_OCTETS = 32;

/** The key in the store of the hash of the password that was drawn at the first start. */
const DRAWN_KEY = "drawn";

/** The settings of the accounts. */
export type CredentialSettings = Pick<ValuesOf<typeof ACCESS_SCHEMA>, "password" | "viewerPassword" | "digestMd5">;

/** The keys of the fleet; empty while it has none. */
export interface Keyring {
	readonly keys: readonly FleetKey[];
}

/** Is told about changes in a {@link CredentialStore}. */
export interface CredentialListener {
	/** The record was changed here and must be sent to the fleet. */
	recordChanged?(record: LoginRecord): void;
	/** All sessions have ended. */
	sessionsEnded?(): void;
	/** One session, or a viewer link, has ended. @param session as in the admission of its requests, or its `link` */
	sessionEnded?(session: string): void;
	/** A user has logged out here, which the fleet must hear of. @param until when the session would have ended */
	loggedOut?(session: string, until: Seconds): void;
	/** A user has logged out at another camera of the fleet. */
	loggedOutElsewhere?(session: string, until: Seconds): void;
}

/**
 * Stores the accounts: generates the owner's password at the first start, keeps the hashes that Digest needs, and holds
 * the keys for sessions, links and tickets. The cameras of a fleet with a key share the record, so one login works for
 * all of them.
 */
export class CredentialStore {
	readonly tickets: Tickets;
	record: LoginRecord;
	tokens: AccessTokens;
	/** Signed the sessions that were begun before the fleet got a key, and go on at this camera. */
	former: AccessTokens | undefined;
	private readonly deviceKey: string;
	private readonly listeners: CredentialListener[] = [];
	/** The store still has the first password. */
	private hasFirst: boolean;

	/** @param memory takes what changes without the owner having asked for it @default the host's store */
	constructor(
		private readonly host: Pick<NodeHost, "store" | "random" | "clock" | "log" | "tellPassword">,
		private readonly identity: Identity,
		private readonly settings: CredentialSettings,
		private readonly keyring: Keyring,
		private readonly memory: Store = host.store,
	) {
		const kept = host.store.read("device-key");
		// A key that others can guess, such as that of an empty file, would let them make sessions.
		const isWhole = kept !== undefined && isHex(kept, 2 * KEY_OCTETS);
		if (kept !== undefined && !isWhole)
			host.log.write("error", "web", "the stored key of sessions is damaged: all sessions and links have ended");
		this.deviceKey = isWhole ? kept : this.draw(KEY_OCTETS);
		if (!isWhole) memory.write("device-key", this.deviceKey);
		this.tickets = new Tickets(this);
		this.record = this.load();
		this.tokens = this.makeTokens();
		this.hasFirst = hasFirstPassword(host.store);
		if (this.pinned) this.knowsPassword();
		if (settings.digestMd5 && (this.record.owner.md5 === "" || this.record.viewer?.md5 === ""))
			host.log.write("info", "web", "programs that only know MD5 can log in once the password has been changed");
	}

	/** Adds a listener. */
	listen(listener: CredentialListener): void {
		this.listeners.push(listener);
	}

	/** Signs a ticket with the fleet's key; empty without a key. @see TicketKey */
	sign(text: string): string {
		return this.keyring.keys[0]?.sign("pass", `${text} ${this.record.salt}`) ?? "";
	}

	/** Checks the signature of a ticket. @see TicketKey */
	verify(text: string, signature: string): boolean {
		const signed = `${text} ${this.record.salt}`;
		for (const key of this.keyring.keys) if (key.verify("pass", signed, signature)) return true;
		return false;
	}

	/** Whether the passwords were set at startup, so neither a page nor the fleet can change them. */
	get pinned(): boolean {
		return this.settings.password !== "";
	}

	/** Whether other cameras accept what this one signs. */
	get hasFleetKey(): boolean {
		return this.keyring.keys.length > 0;
	}

	/** The time as sessions and links count it. */
	moment(now: Millis): Moment {
		const utc = this.host.clock.utc();
		return utc === undefined
			? { epoch: `b${this.identity.boot}-`, seconds: now / 1000 }
			: { epoch: "u", seconds: utc / 1000 };
	}

	/**
	 * Sets a user's password; an empty one disables the viewer account. All sessions and links end.
	 * @returns false when the password can't be changed
	 * @throws {StoreError} when it can't be stored; then nothing has changed
	 */
	setPassword(user: Role, password: string): boolean {
		if (this.pinned || (user === "owner" && password === "")) return false;
		const hashes =
			password === "" ? undefined : hashPassword(user, this.record.realm, password, this.settings.digestMd5);
		this.store(this.record.with(user, hashes, this.draw(SALT_OCTETS)));
		this.host.log.write(
			"info",
			"web",
			`the password of the ${user} has been ${hashes === undefined ? "removed" : "changed"}`,
		);
		this.tellRecord();
		return true;
	}

	/**
	 * The hash of the owner's password, while it is the one that this device has drawn: 60 bits that nobody can guess, even from what
	 * they seal. A device that knows that password may take this one into a fleet. Empty: the password is another.
	 */
	get drawnSecret(): string {
		const { sha256 } = this.record.owner;
		return !this.pinned && this.host.store.read(DRAWN_KEY) === sha256 ? sha256 : "";
	}

	/** Whether a password is one of this device, and was chosen by a person: it must not be used for anything else. */
	isChosen(password: string): boolean {
		const { realm, owner, viewer } = this.record;
		const isOwners = hashPassword("owner", realm, password, false).sha256 === owner.sha256;
		if (isOwners) return this.drawnSecret === "";
		return viewer !== undefined && hashPassword("viewer", realm, password, false).sha256 === viewer.sha256;
	}

	/** Tells that one session has ended. */
	sessionEnded(session: string): void {
		for (const listener of this.listeners) listener.sessionEnded?.(session);
	}

	/** A user has logged out here. @param until when the session would have ended */
	loggedOut(session: string, until: Seconds): void {
		this.sessionEnded(session);
		for (const listener of this.listeners) listener.loggedOut?.(session, until);
	}

	/** A user has logged out at another camera of the fleet. */
	heardLogout(session: string, until: Seconds): void {
		for (const listener of this.listeners) listener.loggedOutElsewhere?.(session, until);
		this.sessionEnded(session);
	}

	/** The owner has logged in, or has a password of another origin: the first one need no longer be looked up. */
	knowsPassword(): void {
		if (this.hasFirst) dropFirstPassword(this.memory);
		this.hasFirst = false;
	}

	/** Ends all sessions and links. @throws {StoreError} as {@link setPassword} */
	endSessions(): void {
		this.store(this.record.changed(this.record.version + 1, this.draw(SALT_OCTETS)));
		this.tellRecord();
	}

	/** Whether the owner has revoked a viewer link, here or at another camera of the fleet. */
	isRevoked(link: string): boolean {
		return this.record.revoked !== "" && isRevoked(this.record.revoked, link);
	}

	/**
	 * Revokes a viewer link, and all that was derived from it, at all cameras of a fleet with a key.
	 * @param until when it expires, in seconds since 1970; `Infinity`: not known
	 * @returns false: no more can be revoked until some have expired, or all sessions have ended
	 * @throws {StoreError} as {@link setPassword}
	 */
	revoke(link: string, until: Seconds): boolean {
		const { record } = this;
		const revoked = withRevoked(record.revoked, link, until, (this.host.clock.utc() ?? 0) / 1000);
		const next = revoked === undefined ? undefined : record.withRevoked(revoked);
		if (next === undefined) return false;
		// A record that was set at startup has no version, as it is not shared.
		this.store(this.pinned ? next.changed(0) : next);
		this.tellRecord();
		return true;
	}

	/** Takes over the newer record of the fleet. */
	learn(version: number, text: string): void {
		const record = LoginRecord.parse(version, text);
		if (record === undefined || this.pinned) return;
		const { log } = this.host;
		const before = this.record;
		try {
			this.use(record);
			this.keepRevoked(before);
			log.write("info", "web", "the passwords of the fleet count here now");
		} catch (error) {
			const detail = error instanceof Error ? error.message : String(error);
			log.write("error", "web", `the passwords of the fleet cannot be stored: ${detail}`);
		}
	}

	/**
	 * The fleet's record may be of a camera that did not know yet what was revoked here: then all get both. Where there is no room for both,
	 * all sessions and links end, so that none that was revoked is accepted again.
	 */
	private keepRevoked({ salt, revoked }: LoginRecord): void {
		const { record, host } = this;
		if (salt !== record.salt) return;
		const now = (host.clock.utc() ?? 0) / 1000;
		const missing = missingOf(revoked, record.revoked, now);
		if (missing === "") return;
		const both = joinRevoked(record.revoked, missing, now);
		const next = both === undefined ? undefined : record.withRevoked(both);
		if (next === undefined)
			host.log.write("warn", "web", "too many links were revoked: all sessions and links have ended");
		this.use(next ?? record.changed(record.version + 1, this.draw(SALT_OCTETS)));
		this.tellRecord();
	}

	/**
	 * Call it when the fleet's key has changed.
	 * @param founded whether this camera created the key
	 * @param keepsSessions whether sessions that were begun before go on at this camera: no answer could renew the owner's
	 */
	keyChanged(founded: boolean, keepsSessions = false): void {
		// A camera that joins takes over the passwords of the fleet, however often its own were changed.
		const version = founded ? Math.max(1, this.record.version) : 0;
		const { tokens } = this;
		if (!this.pinned && version !== this.record.version) {
			this.use(this.record.changed(version));
			this.tellRecord();
		}
		this.tokens = this.makeTokens();
		this.former = keepsSessions ? tokens : undefined;
	}

	private tellRecord(): void {
		for (const listener of this.listeners) listener.recordChanged?.(this.record);
	}

	private load(): LoginRecord {
		const { store, random, log } = this.host;
		const kept = readLogin(store);
		if (this.pinned) return this.pin(kept);
		if (kept !== undefined) return kept;
		if (store.read("login") !== undefined)
			log.write("error", "web", "the stored passwords are damaged, so the camera draws a new first password");
		const password = drawPassword(random);
		const record = firstLogin(this.memory, random, this.identity.id, password, this.settings);
		this.memory.write(DRAWN_KEY, record.owner.sha256);
		this.host.tellPassword(password);
		return record;
	}

	/** Makes the record of passwords that were set at startup; sessions continue if the passwords are the same as before. */
	private pin(kept: LoginRecord | undefined): LoginRecord {
		const { password, viewerPassword, digestMd5 } = this.settings;
		const realm = kept?.realm ?? realmOf(this.identity.id);
		const owner = hashPassword("owner", realm, password, digestMd5);
		const viewer = viewerPassword === "" ? undefined : hashPassword("viewer", realm, viewerPassword, digestMd5);
		const same = kept !== undefined && owner.sha256 === kept.owner.sha256 && viewer?.sha256 === kept.viewer?.sha256;
		// Cameras of a fleet with a key that are given the same passwords accept each other's sessions.
		const both = hashPassword("owner", "Porthole", `${password}:${viewerPassword}`, false);
		const salt = same ? kept.salt : both.sha256.slice(0, 2 * SALT_OCTETS);
		const record = new LoginRecord(0, realm, salt, owner, viewer, same ? kept.revoked : "");
		if (`${kept}` !== `${record}` || kept?.version !== 0) keepLogin(this.memory, record);
		return record;
	}

	/**
	 * Uses a record that the owner asked for. It is stored first: after a restart the old passwords would be valid again.
	 * @throws {StoreError} when it can't be; then nothing has changed
	 */
	private store(record: LoginRecord): void {
		keepLogin(this.host.store, record);
		this.use(record);
	}

	private use(record: LoginRecord): void {
		const ends = record.salt !== this.record.salt;
		const isNew = record.owner.sha256 !== this.record.owner.sha256;
		const { revoked } = this.record;
		// Also replaces an older record that could not be stored so far.
		keepLogin(this.memory, record);
		this.record = record;
		this.tokens = this.makeTokens();
		if (isNew) this.knowsPassword();
		if (ends) this.former = undefined;
		if (ends) for (const listener of this.listeners) listener.sessionsEnded?.();
		else if (record.revoked !== revoked)
			for (const link of linksOf(record.revoked)) if (!isRevoked(revoked, link)) this.sessionEnded(link);
	}

	/** Cameras of a fleet with a key that share the record accept each other's sessions. */
	private makeTokens(): AccessTokens {
		this.tickets.forget();
		const text = this.pinned ? this.record.salt : `${this.record.salt} ${this.record.realm}`;
		return new AccessTokens(this.keyring.keys[0]?.sign("session", text) ?? `${text} ${this.deviceKey}`);
	}

	private draw(octets: number): string {
		const bytes = new Uint8Array(octets);
		this.host.random.fill(bytes);
		return toHex(bytes);
	}
}
