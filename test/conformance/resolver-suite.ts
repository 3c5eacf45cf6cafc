import assert from "node:assert/strict";
import type { Millis, Seconds } from "../../src/core/time";
import {
	type AddressRecord,
	LOOKUPS_MAX,
	type Lookup,
	RECORDS_MAX,
	type ResolveFailure,
	type Resolver,
	type ResolverAnswer,
	type ResolverDone,
	type ServiceRecord,
} from "../../src/ports/resolver";
import { Guard, LIMIT } from "./port-fixture";

/** The records of a name. */
export interface ZoneEntry {
	readonly a?: readonly string[];
	readonly aaaa?: readonly string[];
	readonly srv?: readonly { target: string; port: number; priority: number; weight: number }[];
	/** What the server does in place of answering. */
	readonly fault?: "silent" | "server-failure" | "refused" | "malformed";
}

/** How long all records of {@link ZONE} last. */
export const ZONE_TTL: Seconds = 60;

const MANY = RECORDS_MAX + 4;

/** What the resolver under test is to know; every other name does not exist. */
export const ZONE: ReadonlyMap<string, ZoneEntry> = new Map<string, ZoneEntry>([
	["one.porthole.test", { a: ["192.0.2.1"] }],
	["two.porthole.test", { a: ["192.0.2.1", "192.0.2.2"], aaaa: ["2001:db8::1", "2001:db8::ffff:0:2"] }],
	["many.porthole.test", { a: Array.from({ length: MANY }, (_, i) => `192.0.2.${i + 1}`) }],
	[
		"_stun._udp.porthole.test",
		{
			srv: [
				{ target: "second.porthole.test", port: 3479, priority: 20, weight: 0 },
				{ target: "first.porthole.test", port: 3478, priority: 10, weight: 5 },
			],
		},
	],
	["silent.porthole.test", { fault: "silent" }],
	["broken.porthole.test", { fault: "server-failure" }],
	["closed.porthole.test", { fault: "refused" }],
	["malformed.porthole.test", { fault: "malformed" }],
]);

/** A resolver that knows {@link ZONE}, and time. */
export interface ResolverFixture {
	readonly resolver: Resolver;
	/** Milliseconds that have passed, by the clock that the resolver goes by. */
	now(): Millis;
	/** Lets time pass until `until()` is true or `limit` is over, whichever comes first. */
	run(until: () => boolean, limit: Millis): Promise<void>;
	close(): Promise<void>;
}

/** Proves that a host keeps the contract of src/ports/resolver. */
export function resolverSuite(title: string, open: () => Promise<ResolverFixture>): void {
	describe(`${title} keeps the contract of src/ports/resolver`, () => {
		let fixture: ResolverFixture;
		let guard: Guard;
		let resolver: Resolver;

		beforeEach(async () => {
			fixture = await open();
			resolver = fixture.resolver;
			guard = new Guard();
		});
		afterEach(async () => {
			await fixture.close();
			assert.deepEqual(guard.faults, []);
		});

		async function ask<Record>(start: (done: ResolverDone<Record>) => Lookup): Promise<ResolverAnswer<Record>> {
			const answers: ResolverAnswer<Record>[] = [];
			guard.call(() =>
				start((answer) => {
					guard.called("done");
					answers.push(answer);
				}),
			);
			await fixture.run(() => answers.length > 0, LIMIT);
			assert.equal(answers.length, 1, "answered once, in time");
			return answers[0];
		}

		async function addresses(name: string, family: 4 | 6): Promise<string[] | ResolveFailure> {
			const answer = await ask<AddressRecord>((done) => resolver.addresses(name, family, LIMIT, done));
			if (answer.failure !== undefined) {
				assert.notEqual(answer.detail, "");
				return answer.failure;
			}
			for (const { ttl } of answer.records) assert.ok(ttl === 0 || (ttl > 0 && ttl <= ZONE_TTL), `${ttl}`);
			return answer.records.map(({ address }) => address).sort();
		}

		async function services(name: string): Promise<readonly ServiceRecord[] | ResolveFailure> {
			const answer = await ask<ServiceRecord>((done) => resolver.services(name, LIMIT, done));
			return answer.failure ?? answer.records;
		}

		it("finds one address and several, of either family", async () => {
			assert.deepEqual(await addresses("one.porthole.test", 4), ["192.0.2.1"]);
			assert.deepEqual(await addresses("two.porthole.test", 4), ["192.0.2.1", "192.0.2.2"]);
			assert.deepEqual(await addresses("two.porthole.test", 6), ["2001:db8::1", "2001:db8::ffff:0:2"]);
		});

		it("ignores case and a dot at the end", async () => {
			assert.deepEqual(await addresses("ONE.Porthole.test.", 4), ["192.0.2.1"]);
		});

		it(`returns at most ${RECORDS_MAX} records`, async () => {
			assert.equal((await addresses("many.porthole.test", 4)).length, RECORDS_MAX);
		});

		it("finds services, sorted by priority", async () => {
			const found = await services("_stun._udp.porthole.test");
			if (typeof found === "string") assert.fail(found);
			assert.deepEqual(
				found.map(({ target, port, priority, weight }) => [target, port, priority, weight]),
				[
					["first.porthole.test", 3478, 10, 5],
					["second.porthole.test", 3479, 20, 0],
				],
			);
			for (const { ttl } of found) assert.ok(ttl >= 0 && ttl <= ZONE_TTL);
		});

		for (const [name, expected] of [
			["missing.porthole.test", "not-found"],
			["broken.porthole.test", "server"],
			["closed.porthole.test", "server"],
			["malformed.porthole.test", "server"],
			["", "bad-name"],
			["a..b", "bad-name"],
			["a b", "bad-name"],
			["192.0.2.1", "bad-name"],
		] as const) {
			it(`fails with ${expected} for ${JSON.stringify(name)}`, async () => {
				assert.equal(await addresses(name, 4), expected);
				assert.equal(await services(name), expected);
			});
		}

		it("fails with not-found for a name without a record of the type", async () => {
			assert.equal(await addresses("one.porthole.test", 6), "not-found");
			assert.equal(await services("one.porthole.test"), "not-found");
		});

		it("fails with timeout at the time limit, and not before", async () => {
			const start = fixture.now();
			const answer = await ask<AddressRecord>((done) => resolver.addresses("silent.porthole.test", 4, 300, done));
			assert.equal(answer.failure, "timeout");
			assert.ok(fixture.now() - start >= 295, `${fixture.now() - start} ms`);
		});

		it("makes no call after cancel, which may be repeated", async () => {
			const answers: unknown[] = [];
			for (const name of ["one.porthole.test", "silent.porthole.test", "a..b"]) {
				const lookup = guard.call(() => resolver.addresses(name, 4, 200, (answer) => answers.push(answer)));
				guard.call(() => lookup.cancel());
				guard.call(() => lookup.cancel());
			}
			await fixture.run(() => answers.length > 0, 400);
			assert.deepEqual(answers, []);
		});

		it(`runs ${LOOKUPS_MAX} lookups at a time, and refuses one more`, async () => {
			const answers: (ResolveFailure | undefined)[] = [];
			for (let i = 0; i <= LOOKUPS_MAX; i++) {
				resolver.addresses("silent.porthole.test", 4, 200, (answer) => answers.push(answer.failure));
			}
			await fixture.run(() => answers.length > LOOKUPS_MAX, LIMIT);
			assert.deepEqual(answers, ["busy", ...Array(LOOKUPS_MAX).fill("timeout")]);
			assert.deepEqual(await addresses("one.porthole.test", 4), ["192.0.2.1"]);
		});
	});
}
