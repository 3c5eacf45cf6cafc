import { AccessTokens, type Moment } from "../../access/access-tokens";
import { hashPassword, LoginRecord } from "../../access/login-record";
import type { Role } from "../../access/role";
import { Tickets } from "../../access/tickets";
import { toHex } from "../../base/hex";
import type { Millis } from "../../core/time";
import type { FleetKey } from "../../fleet/fleet-key";
import type { ACCESS_SCHEMA } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import type { Identity } from "../identity";
import type { NodeHost } from "../node-host";
import { drawPassword, firstLogin, keepLogin, readLogin, realmOf, SALT_OCTETS } from "./first-login";

/** The settings of the accounts. */
export type CredentialSettings = Pick<ValuesOf<typeof ACCESS_SCHEMA>, "password" | "viewerPassword" | "digestMd5">;

/** The keys of the fleet; empty while it is open. */
export interface Keyring {
	readonly keys: readonly FleetKey[];
}

/** Learns of changes in a {@link CredentialStore}. */
export interface CredentialListener {
	/** The record has changed here; the fleet is to be told. */
	recordChanged?(record: LoginRecord): void;
	/** All sessions have ended. */
	sessionsEnded?(): void;
}

/**
 * Keeps who may log in: draws the owner's password at the first start, stores what Digest needs of it, and has what
 * sessions, links and passes are signed with. The cameras of a sealed fleet share its record, so that one login is good
 * for all.
 */
export class CredentialStore {
	readonly tickets: Tickets;
	record: LoginRecord;
	tokens: AccessTokens;
	private readonly deviceKey: string;
	private readonly listeners: CredentialListener[] = [];

	constructor(
		private readonly host: Pick<NodeHost, "store" | "random" | "clock" | "log" | "tellPassword">,
		private readonly identity: Identity,
		private readonly settings: CredentialSettings,
		private readonly keyring: Keyring,
	) {
		const { store } = host;
		this.deviceKey = store.read("device-key") ?? this.draw(32);
		store.write("device-key", this.deviceKey);
		this.tickets = new Tickets(this);
		this.record = this.load();
		this.tokens = this.makeTokens();
		if (settings.digestMd5 && this.record.owner.md5 === "")
			host.log.write("info", "web", "programs that only know MD5 can log in once the password has been changed");
	}

	/** Tells a listener of all changes from now on. */
	listen(listener: CredentialListener): void {
		this.listeners.push(listener);
	}

	/** Signs a pass with the fleet's key; empty while the fleet is open. */
	sign(text: string): string {
		return this.keyring.keys[0]?.sign("pass", `${text} ${this.record.salt}`) ?? "";
	}

	/** Checks the signature of a pass. */
	verify(text: string, signature: string): boolean {
		const signed = `${text} ${this.record.salt}`;
		for (const key of this.keyring.keys) if (key.verify("pass", signed, signature)) return true;
		return false;
	}

	/** True: the passwords come from the settings and cannot be changed on a page or by the fleet. */
	get pinned(): boolean {
		return this.settings.password !== "";
	}

	/** The time as sessions and links reckon it. */
	moment(now: Millis): Moment {
		const utc = this.host.clock.utc();
		return utc === undefined
			? { epoch: `b${this.identity.boot}-`, seconds: now / 1000 }
			: { epoch: "u", seconds: utc / 1000 };
	}

	/** Sets a user's password; an empty one removes the viewer. All sessions and links end. @returns false when it cannot be set */
	setPassword(user: Role, password: string): boolean {
		if (this.pinned || (user === "owner" && password === "")) return false;
		const hashes =
			password === "" ? undefined : hashPassword(user, this.record.realm, password, this.settings.digestMd5);
		this.use(this.record.with(user, hashes, this.draw(SALT_OCTETS)));
		this.host.log.write(
			"info",
			"web",
			`the password of the ${user} has been ${hashes === undefined ? "removed" : "changed"}`,
		);
		this.tellRecord();
		return true;
	}

	/** Ends all sessions and links. */
	endSessions(): void {
		this.use(this.record.changed(this.record.version + 1, this.draw(SALT_OCTETS)));
		this.tellRecord();
	}

	/** The fleet has a newer record. */
	learn(version: number, text: string): void {
		const record = LoginRecord.parse(version, text);
		if (record === undefined || this.pinned) return;
		this.use(record);
		this.host.log.write("info", "web", "the fleet's passwords are good at this camera now");
	}

	/** The fleet has a key now, or another one. @param founded true: the fleet with this key starts with this camera */
	keyChanged(founded: boolean): void {
		// A camera that joins takes the fleet's passwords, however often its own were changed before.
		const version = founded ? Math.max(1, this.record.version) : 0;
		if (!this.pinned && version !== this.record.version) {
			this.use(this.record.changed(version));
			this.tellRecord();
		}
		this.tokens = this.makeTokens();
	}

	private tellRecord(): void {
		for (const listener of this.listeners) listener.recordChanged?.(this.record);
	}

	private load(): LoginRecord {
		const { store, random } = this.host;
		const stored = readLogin(store);
		if (this.pinned) return this.pin(stored);
		if (stored !== undefined) return stored;
		const password = drawPassword(random);
		const record = firstLogin(store, random, this.identity.id, password, this.settings);
		this.host.tellPassword(password);
		return record;
	}

	/** The record of the passwords in the settings; sessions go on where those are as before. */
	private pin(stored: LoginRecord | undefined): LoginRecord {
		const { password, viewerPassword, digestMd5 } = this.settings;
		const realm = stored?.realm ?? realmOf(this.identity.id);
		const owner = hashPassword("owner", realm, password, digestMd5);
		const viewer = viewerPassword === "" ? undefined : hashPassword("viewer", realm, viewerPassword, digestMd5);
		const same =
			stored !== undefined && owner.sha256 === stored.owner.sha256 && viewer?.sha256 === stored.viewer?.sha256;
		// Cameras of a fleet with a key that are given the same passwords accept each other's sessions.
		const both = hashPassword("owner", "Porthole", `${password}:${viewerPassword}`, false);
		const salt = same ? stored.salt : both.sha256.slice(0, 2 * SALT_OCTETS);
		const record = new LoginRecord(0, realm, salt, owner, viewer);
		keepLogin(this.host.store, record);
		return record;
	}

	private use(record: LoginRecord): void {
		const ends = record.salt !== this.record.salt;
		this.record = record;
		keepLogin(this.host.store, record);
		this.tokens = this.makeTokens();
		if (ends) for (const listener of this.listeners) listener.sessionsEnded?.();
	}

	/** Cameras of a sealed fleet that share the record share sessions as well. */
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
