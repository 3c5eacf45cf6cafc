import assert from "node:assert/strict";
import { VirtualStore } from "../../../../hosts/virtual/virtual-store";
import { AccessTokens } from "../../../../src/access/access-tokens";
import { hashPassword, type LoginRecord } from "../../../../src/access/login-record";
import { withRevoked } from "../../../../src/access/revoked-links";
import type { Role } from "../../../../src/access/role";
import { CredentialStore } from "../../../../src/app/access/credential-store";
import { keepFirstPassword, remindOfFirstPassword } from "../../../../src/app/access/first-password";
import { Prng } from "../../../../src/base/prng";
import { FleetKey } from "../../../../src/fleet/fleet-key";

const UTC = Date.UTC(2026, 10, 21);
const OPEN = { password: "", viewerPassword: "", digestMd5: false };
const PINNED = { ...OPEN, password: "an-owner's-password", viewerPassword: "only-looking" };
const KEY = "only-these-three-cameras";

/** A camera's flash memory and what surrounds a credential store; each start makes another store. */
class Scene {
	readonly store = new VirtualStore();
	readonly told: string[] = [];
	readonly log: string[] = [];
	/** Records that were to be told to the fleet. */
	readonly records: LoginRecord[] = [];
	/** How often all sessions have ended. */
	ends = 0;
	keys: FleetKey[] = [];
	utc: number | undefined = UTC;
	private boot = 0;
	private readonly random: Prng;

	constructor(private readonly id = "0011223344556677") {
		this.random = new Prng(Number.parseInt(id.slice(0, 6), 16));
	}

	start(settings: Partial<typeof OPEN> = {}): CredentialStore {
		const { store, random } = this;
		const credentials = new CredentialStore(
			{
				store,
				random: { fill: (bytes) => bytes.set(bytes.map(() => random.below(256))), unit: () => random.unit() },
				clock: { utc: () => this.utc } as never,
				log: { write: (level, _area, text) => void this.log.push(`${level} ${text}`) },
				tellPassword: (password) => void this.told.push(password),
			},
			{ id: this.id, boot: ++this.boot, name: "", automaticName: true },
			{ ...OPEN, ...settings },
			this,
		);
		credentials.listen({
			recordChanged: (record) => void this.records.push(record),
			sessionsEnded: () => void this.ends++,
		});
		return credentials;
	}
}

/** True: the password is accepted. */
function knows({ record }: CredentialStore, user: Role, password: string): boolean {
	return record.hashesOf(user)?.sha256 === hashPassword(user, record.realm, password, false).sha256;
}

/** A new session of the owner. */
function session(credentials: CredentialStore): string {
	return credentials.tokens.issue("session", "owner", credentials.moment(0), 3600);
}

const isGood = (credentials: CredentialStore, token: string) =>
	credentials.tokens.check("session", token, credentials.moment(0)) !== undefined;

describe("app/access/credential-store", () => {
	for (const [kind, damage] of [
		["empty", ""],
		["cut off", "0123456789abcdef"],
		["no key", "g".repeat(64)],
		["much too long", "0".repeat(3999)],
	] as const) {
		it(`signs with a new key when the stored one is ${kind}, and says so`, () => {
			const scene = new Scene();
			const before = session(scene.start());
			scene.store.write("device-key", damage);
			const forged = new AccessTokens(`${scene.start().record.salt} ${scene.start().record.realm} ${damage}`);
			scene.store.write("device-key", damage);
			const credentials = scene.start();
			const token = forged.issue("session", "owner", credentials.moment(0), 3600);
			assert.equal(isGood(credentials, token), false, "nobody can compute sessions");
			assert.equal(isGood(credentials, before), false);
			assert.match(scene.log.join(), /error the stored key of sessions is damaged/);
			const after = session(credentials);
			assert.ok(isGood(scene.start(), after), "the new key is kept");
		});

		it(`draws a new first password when the stored ones are ${kind}, and says so`, () => {
			const scene = new Scene();
			scene.start();
			scene.store.write("login", damage);
			const credentials = scene.start();
			assert.equal(scene.told.length, 2);
			assert.ok(knows(credentials, "owner", scene.told[1]) && !knows(credentials, "owner", scene.told[0]));
			assert.match(scene.log.join(), /error the stored passwords are damaged/);
		});
	}

	for (const [title, act] of [
		["the owner has logged in", (credentials) => credentials.knowsPassword()],
		["the owner's password has been changed", (credentials) => void credentials.setPassword("owner", "correct horse")],
		["the fleet's passwords are taken over", (credentials, other) => credentials.learn(5, `${other}`)],
		["it is started with a password", (_credentials, _other, scene) => void scene.start(PINNED)],
	] as readonly [string, (credentials: CredentialStore, other: LoginRecord, scene: Scene) => void][]) {
		it(`deletes a first password in the store once ${title}`, () => {
			const scene = new Scene();
			const credentials = scene.start();
			keepFirstPassword(scene.store, { write: () => {} }, scene.told[0], (key) => key);
			const again = scene.start();
			again.endSessions();
			again.setPassword("viewer", "only-looking");
			assert.equal(scene.store.read("first-password"), scene.told[0]);
			act(again, new Scene("8899aabbccddeeff").start().record, scene);
			assert.equal(scene.store.read("first-password"), undefined);
			assert.ok(credentials !== again);
		});
	}

	it("writes the place of the first password into the log, not the password", () => {
		const store = new VirtualStore();
		const log: string[] = [];
		keepFirstPassword(
			store,
			{ write: (level, _area, text) => void log.push(`${level} ${text}`) },
			"ABCD-EFGH",
			(key) => `/d/${key}`,
		);
		assert.match(log.join(), /^warn .* is in \/d\/first-password; /);
		assert.ok(!log.join().includes("ABCD"));
		store.write = () => {
			throw new Error("the disk is full");
		};
		keepFirstPassword(store, { write: (_level, _area, text) => void log.push(text) }, "ABCD-EFGH", (key) => key);
		assert.ok(log.join().includes("ABCD"), "rather than a camera that nobody can use");
		assert.ok(!log.join().includes("\n"), "one line");
	});

	it("writes the place of the first password into the log at each later start, until it has been used", () => {
		const store = new VirtualStore();
		const log: string[] = [];
		const remind = () =>
			remindOfFirstPassword(store, { write: (_level, _area, text) => void log.push(text) }, (key) => `/d/${key}`);
		remind();
		assert.deepEqual(log, []);
		store.write("first-password", "ABCD-EFGH");
		remind();
		assert.match(log.join(), /is in \/d\/first-password; /);
		assert.ok(!log.join().includes("ABCD"));
	});

	it("keeps the old passwords in use when new ones cannot be stored", () => {
		const scene = new Scene();
		const credentials = scene.start();
		const { record, tokens } = credentials;
		const other = new Scene("8899aabbccddeeff").start();
		other.setPassword("owner", "another password");
		const learned = other.record;
		scene.store.write = () => {
			throw new Error("the disk is full");
		};
		assert.throws(() => credentials.setPassword("owner", "correct horse"), /the disk is full/);
		credentials.learn(learned.version, `${learned}`);
		assert.deepEqual([credentials.record, credentials.tokens, scene.ends], [record, tokens, 0]);
		assert.equal(scene.log.at(-1), "error the passwords of the fleet cannot be stored: the disk is full");
	});

	it("generates the owner's password at the first start, shows it once, and never stores it", () => {
		const scene = new Scene();
		const first = scene.start();
		const [password] = scene.told;
		assert.match(password, /^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}$/);
		assert.ok(knows(first, "owner", password));
		assert.deepEqual([first.record.version, first.record.viewer, first.pinned], [0, undefined, false]);
		assert.ok(![...scene.store.values.values(), ...scene.log].some((text) => text.includes(password)));
		const token = session(first);
		const second = scene.start();
		assert.equal(scene.told.length, 1);
		assert.deepEqual(second.record, first.record);
		assert.ok(isGood(second, token), "sessions go on after a restart");
		assert.deepEqual(scene.records, []);
	});

	it("generates a different one for each camera, and after its record is damaged", () => {
		const [one, other] = [new Scene(), new Scene("8899aabbccddeeff")];
		const token = session(one.start());
		assert.ok(!isGood(other.start(), token), "each camera has sessions of its own");
		assert.notEqual(one.told[0], other.told[0]);
		one.store.values.set("login", "0 damaged");
		assert.ok(knows(one.start(), "owner", one.told[1]));
		assert.notEqual(one.told[1], one.told[0]);
	});

	for (const [user, password, rest] of [
		["owner", "a-new-password", "viewer"],
		["viewer", "a-new-password", "owner"],
	] as const) {
		it(`sets the password of the ${user}, shares it with the fleet, and ends all sessions`, () => {
			const scene = new Scene();
			const credentials = scene.start({ viewerPassword: "only-looking" });
			const token = session(credentials);
			const { salt } = credentials.record;
			const others = credentials.record.hashesOf(rest);
			assert.equal(credentials.setPassword(user, password), true);
			assert.ok(knows(credentials, user, password));
			assert.deepEqual(credentials.record.hashesOf(rest), others);
			assert.equal(credentials.record.version, 1);
			assert.notEqual(credentials.record.salt, salt);
			assert.deepEqual([scene.records, scene.ends], [[credentials.record], 1]);
			assert.ok(!isGood(credentials, token) && isGood(credentials, session(credentials)));
			assert.deepEqual(scene.log, [`info the password of the ${user} has been changed`]);
			assert.ok(![...scene.store.values.values()].some((text) => text.includes(password)));
			assert.ok(knows(scene.start(), user, password), "after a restart too");
			assert.ok(!isGood(scene.start(), token));
		});
	}

	it("removes the viewer's password, but never the owner's", () => {
		const scene = new Scene();
		const credentials = scene.start({ viewerPassword: "only-looking" });
		assert.ok(knows(credentials, "viewer", "only-looking"));
		const { record } = credentials;
		assert.equal(credentials.setPassword("owner", ""), false);
		assert.equal(credentials.record, record);
		assert.equal(credentials.setPassword("viewer", ""), true);
		assert.equal(credentials.record.viewer, undefined);
		assert.ok(knows(credentials, "owner", scene.told[0]));
		assert.deepEqual(scene.log, ["info the password of the viewer has been removed"]);
		assert.equal(scene.start().record.viewer, undefined);
	});

	it("ends all sessions, and leaves the passwords as they are", () => {
		const scene = new Scene();
		const credentials = scene.start();
		const token = session(credentials);
		credentials.endSessions();
		assert.ok(!isGood(credentials, token));
		assert.ok(knows(credentials, "owner", scene.told[0]));
		assert.deepEqual([credentials.record.version, scene.records, scene.ends], [1, [credentials.record], 1]);
	});

	it("does not change passwords that are in the settings, not even for the owner", () => {
		const scene = new Scene();
		const credentials = scene.start(PINNED);
		assert.deepEqual([credentials.pinned, scene.told], [true, []]);
		const { record } = credentials;
		assert.ok(knows(credentials, "owner", PINNED.password) && knows(credentials, "viewer", PINNED.viewerPassword));
		for (const user of ["owner", "viewer"] as const)
			for (const password of ["a-new-password", ""]) assert.equal(credentials.setPassword(user, password), false);
		const elsewhere = new Scene("8899aabbccddeeff").start().record;
		credentials.learn(99, `${elsewhere}`);
		for (const founded of [true, false]) credentials.keyChanged(founded);
		assert.equal(credentials.record, record);
		assert.deepEqual([scene.records, scene.log], [[], []]);
	});

	it("keeps its sessions after a restart while the passwords in the settings are the same", () => {
		const scene = new Scene();
		const token = session(scene.start(PINNED));
		assert.ok(isGood(scene.start(PINNED), token));
		for (const change of [
			{ password: "another-password" },
			{ viewerPassword: "others-may-look" },
			{ viewerPassword: "" },
		])
			assert.ok(!isGood(scene.start({ ...PINNED, ...change }), token), JSON.stringify(change));
	});

	it("takes the passwords of the settings in place of those that were chosen on a page", () => {
		const scene = new Scene();
		assert.equal(scene.start().setPassword("owner", "chosen-on-a-page"), true);
		const pinned = scene.start(PINNED);
		assert.ok(knows(pinned, "owner", PINNED.password) && !knows(pinned, "owner", "chosen-on-a-page"));
		assert.equal(pinned.record.version, 0, "it is of this camera alone");
	});

	it("accepts the fleet's record, and rejects anything else", () => {
		const [scene, fleet] = [new Scene(), new Scene("8899aabbccddeeff")];
		const [credentials, founder] = [scene.start(), fleet.start()];
		founder.setPassword("owner", "the-fleet's-password");
		const token = session(credentials);
		const { record } = credentials;
		for (const text of ["", "nonsense", `${founder.record}"`, `${founder.record}`.slice(1)]) credentials.learn(7, text);
		credentials.learn(-1, `${founder.record}`);
		assert.equal(credentials.record, record);
		assert.ok(isGood(credentials, token));
		credentials.learn(7, `${founder.record}`);
		assert.equal(credentials.record.version, 7);
		assert.ok(knows(credentials, "owner", "the-fleet's-password") && !isGood(credentials, token));
		assert.deepEqual([scene.records, scene.ends], [[], 1], "the fleet has it already");
		assert.deepEqual(scene.start().record, credentials.record);
	});

	for (const [founded, before, after] of [
		[true, 0, 1],
		[true, 3, 3],
		[false, 0, 0],
		[false, 3, 0],
	] as const) {
		it(`has version ${after} in place of ${before} when it ${founded ? "founds" : "joins"} a sealed fleet`, () => {
			const scene = new Scene();
			const credentials = scene.start();
			for (let i = 0; i < before; i++) credentials.endSessions();
			const token = session(credentials);
			scene.records.length = 0;
			scene.keys = [new FleetKey(KEY)];
			credentials.keyChanged(founded);
			assert.equal(credentials.record.version, after);
			assert.deepEqual(scene.records, before === after ? [] : [credentials.record]);
			assert.equal(scene.start().record.version, after, "after a restart too");
			assert.ok(!isGood(credentials, token), "the fleet's key signs sessions now");
			assert.ok(knows(credentials, "owner", scene.told[0]));
		});
	}

	it("keeps the sessions of before only where it is told so, and until all sessions end", () => {
		for (const [founded, keeps] of [
			[true, true],
			[true, false],
			[false, false],
		] as const) {
			const scene = new Scene();
			const credentials = scene.start();
			const { tokens } = credentials;
			scene.keys = [new FleetKey(KEY)];
			credentials.keyChanged(founded, keeps);
			assert.notEqual(credentials.tokens.name, tokens.name);
			assert.equal(credentials.former?.name, keeps ? tokens.name : undefined);
			credentials.revoke("0123456789abcdef", 4e9);
			assert.equal(credentials.former?.name, keeps ? tokens.name : undefined);
			credentials.endSessions();
			assert.equal(credentials.former, undefined);
		}
	});

	it("shares sessions and passes with the cameras that have its key and its record, and with no others", () => {
		const [one, other] = [new Scene(), new Scene("8899aabbccddeeff")];
		one.keys = other.keys = [new FleetKey(KEY)];
		const [here, there] = [one.start(), other.start()];
		assert.ok(!isGood(there, session(here)), "another record");
		there.learn(1, `${here.record}`);
		assert.ok(isGood(there, session(here)));
		const now = here.moment(0);
		assert.equal(
			there.tickets.check(here.tickets.issue("owner", "its-id", now, now.seconds + 3600), "its-id", now)?.role,
			"owner",
		);
		const [token, pass] = [session(here), here.tickets.issue("owner", "its-id", now, now.seconds + 3600)];
		other.keys = [new FleetKey("another-key-of-another-fleet")];
		there.keyChanged(false);
		assert.ok(!isGood(there, token));
		assert.equal(there.tickets.check(pass, "its-id", now), undefined);
	});

	it("also shares them when all cameras have the same passwords in their settings", () => {
		const [one, other, third] = [new Scene(), new Scene("8899aabbccddeeff"), new Scene("0f1e2d3c4b5a6978")];
		one.keys = other.keys = third.keys = [new FleetKey(KEY)];
		const [here, there] = [one.start(PINNED), other.start(PINNED)];
		const stranger = third.start({ ...PINNED, viewerPassword: "others-may-look" });
		const [token, now] = [session(here), here.moment(0)];
		const pass = here.tickets.issue("owner", "its-id", now, now.seconds + 3600);
		assert.ok(isGood(there, token) && !isGood(stranger, token));
		assert.equal(there.tickets.check(pass, "its-id", now)?.role, "owner");
		assert.equal(stranger.tickets.check(pass, "its-id", now), undefined);
		one.keys = other.keys = [];
		for (const each of [here, there]) each.keyChanged(false);
		assert.ok(!isGood(there, session(here)), "without a key they share nothing");
	});

	it("ends passes with the sessions", () => {
		const scene = new Scene();
		scene.keys = [new FleetKey(KEY)];
		const credentials = scene.start();
		const now = credentials.moment(0);
		const issue = () => credentials.tickets.issue("owner", "its-id", now, now.seconds + 3600);
		const before = issue();
		credentials.endSessions();
		assert.equal(credentials.tickets.check(before, "its-id", now), undefined);
		assert.equal(credentials.tickets.check(issue(), "its-id", now)?.role, "owner");
	});

	it("shares no sessions without a key, not even with a camera that has the same record", () => {
		const [here, there] = [new Scene().start(), new Scene("8899aabbccddeeff").start()];
		there.learn(1, `${here.record}`);
		assert.equal(`${there.record}`, `${here.record}`);
		assert.ok(!isGood(there, session(here)) && isGood(there, session(there)));
	});

	it("takes passes by the old key and the new one while a key is replaced, and signs with the new one", () => {
		const scene = new Scene();
		const credentials = scene.start();
		const now = credentials.moment(0);
		const issue = () => credentials.tickets.issue("viewer", "its-id", now, now.seconds + 3600);
		const takes = (pass: string) => credentials.tickets.check(pass, "its-id", now)?.role === "viewer";
		assert.equal(issue(), "", "an open fleet has none");
		const [old, fresh] = [new FleetKey(KEY), new FleetKey("another-key-of-this-fleet")];
		const change = (keys: FleetKey[]) => {
			scene.keys = keys;
			credentials.keyChanged(false);
			return issue();
		};
		const first = change([old]);
		const second = change([fresh, old]);
		assert.notEqual(first, second);
		assert.ok(takes(first) && takes(second));
		assert.equal(change([fresh]), second);
		assert.ok(!takes(first) && takes(second));
		assert.equal(change([]), "");
		assert.ok(!takes(first) && !takes(second));
	});

	it("uses the date if known, else the time since the start, which the next start ends", () => {
		const scene = new Scene();
		assert.deepEqual(scene.start().moment(5000), { epoch: "u", seconds: UTC / 1000 });
		scene.utc = undefined;
		const credentials = scene.start();
		assert.deepEqual(credentials.moment(5000), { epoch: "b2-", seconds: 5 });
		const token = session(credentials);
		assert.ok(isGood(credentials, token) && !isGood(scene.start(), token));
	});

	it("stores MD5 hashes only when MD5 is enabled, and reports when they are missing", () => {
		const scene = new Scene();
		assert.equal(scene.start().record.owner.md5, "");
		const credentials = scene.start({ digestMd5: true });
		assert.match(scene.log.join(), /^info programs that only know MD5 can log in once the password has been changed/);
		credentials.setPassword("owner", "a-new-password");
		assert.match(credentials.record.owner.md5, /^[0-9a-f]{32}$/);
		scene.log.length = 0;
		scene.start({ digestMd5: true });
		assert.deepEqual(scene.log, []);
	});

	it("accepts no link again that was revoked, however many the others of its fleet have revoked meanwhile", () => {
		const scene = new Scene();
		scene.keys = [new FleetKey(KEY)];
		const credentials = scene.start();
		const until = UTC / 1000 + 86400;
		const { record, tokens } = credentials;
		let others = record;
		for (let n = 1; n <= 19; n++) {
			const id = `ffffff${n.toString(16).padStart(2, "0")}`;
			others = others.withRevoked(withRevoked(others.revoked, id, until, UTC / 1000) ?? "") ?? others;
		}
		const link = tokens.issue("link", "viewer", credentials.moment(0), 3600, "", "ffffffff");
		assert.ok(credentials.revoke("ffffffff", until) && credentials.revoke("fffffffe", until));
		const newer = others.changed(others.version + 9);
		credentials.learn(newer.version, `${newer}`);
		assert.equal(scene.ends, 1, "as there is no room for all");
		assert.equal(credentials.tokens.check("link", link, credentials.moment(0)), undefined);
		assert.equal(scene.records.at(-1)?.salt, credentials.record.salt, "the fleet is told");
	});
});
