import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { ConnectionLimits, type LimitedConnection } from "../../../src/http/connection-limits";

class Client implements LimitedConnection {
	here = true;
	known = false;
	guest = false;
	isIdle = false;

	constructor(
		private readonly limits: ConnectionLimits,
		readonly remoteAddress: string,
	) {
		limits.add(this);
	}

	admit(): void {
		this.known = true;
		this.limits.trust(this);
	}

	/** Logs in as a guest. */
	visit(): boolean {
		return this.limits.trust(this, false);
	}

	drop(): void {
		assert.ok(this.here && !this.known && (!this.guest || this.isIdle));
		this.here = false;
		this.limits.remove(this);
	}
}

function enter(limits: ConnectionLimits, address: string): Client | undefined {
	return limits.makeRoom(address) ? new Client(limits, address) : undefined;
}

describe("http/connection-limits", () => {
	it("drops the oldest untrusted connection of the address with the most of them when the limit is reached", () => {
		const limits = new ConnectionLimits(5, 10);
		const [b, a1, a2, a3, c] = ["b", "a", "a", "a", "c"].map((address) => enter(limits, address)!);
		enter(limits, "d");
		assert.deepEqual(
			[b, a1, a2, a3, c].map(({ here }) => here),
			[true, false, true, true, true],
		);
		enter(limits, "e");
		assert.equal(a2.here, false);
		// Now each address has one: that which has been there the longest goes.
		enter(limits, "f");
		assert.equal(b.here, false);
		assert.deepEqual([limits.open, limits.displaced], [5, 3]);
	});

	it("never drops a trusted connection, and refuses the new one instead", () => {
		const limits = new ConnectionLimits(3, 3);
		const known = ["a", "a", "b"].map((address) => {
			const visitor = enter(limits, address)!;
			visitor.admit();
			return visitor;
		});
		assert.equal(enter(limits, "c"), undefined);
		assert.equal(enter(limits, "a"), undefined);
		assert.ok(known.every(({ here }) => here));
		limits.remove(known[2]);
		assert.notEqual(enter(limits, "c"), undefined);
	});

	it("limits untrusted connections to half of the limit of an address", () => {
		const limits = new ConnectionLimits(100, 6);
		const untrusted = Array.from({ length: 5 }, () => enter(limits, "a")!);
		assert.deepEqual(
			untrusted.map(({ here }) => here),
			[false, false, true, true, true],
		);
		for (const visitor of untrusted.slice(2)) visitor.admit();
		for (let i = 0; i < 10; i++) assert.notEqual(enter(limits, "a"), undefined);
		assert.equal(limits.open, 6);
		assert.ok(untrusted.slice(2).every(({ here }) => here));
	});

	const guest = (limits: ConnectionLimits, address: string): Client | undefined => {
		const client = enter(limits, address);
		return client?.visit() === true ? client : undefined;
	};

	it("keeps a quarter of all connections from guests, so that the owner gets in", () => {
		const limits = new ConnectionLimits(20, 10);
		const guests = Array.from({ length: 40 }, (_, i) => guest(limits, `g${i % 10}`));
		assert.equal(guests.filter((client) => client !== undefined).length, 15);
		for (let i = 0; i < 10; i++) {
			const owner = enter(limits, "owner");
			assert.ok(owner !== undefined && limits.trust(owner));
			limits.remove(owner);
		}
		assert.ok(
			guests.every((client) => client?.here !== false),
			"guests who watch stay",
		);
	});

	it("keeps a quarter of an address's connections from guests, as the owner may be behind the same address", () => {
		const limits = new ConnectionLimits(1000, 8);
		const guests = Array.from({ length: 20 }, () => guest(limits, "a"));
		assert.equal(guests.filter((client) => client !== undefined).length, 6);
		const owner = enter(limits, "a");
		assert.ok(owner !== undefined && limits.trust(owner));
		assert.equal(limits.open, 8);
	});

	it("drops the oldest idle connection of a guest for a newcomer or another guest, in total and for an address", () => {
		for (const [most, mostPerAddress] of [
			[4, 100],
			[100, 4],
		]) {
			const limits = new ConnectionLimits(most, mostPerAddress);
			const guests = Array.from({ length: 3 }, () => guest(limits, "a") as Client);
			assert.equal(guest(limits, "a"), undefined, "nobody is idle");
			guests[1].isIdle = true;
			guests[2].isIdle = true;
			assert.notEqual(guest(limits, "a"), undefined);
			assert.deepEqual(
				guests.map(({ here }) => here),
				[true, false, true],
			);
			for (let i = 0; i < 2; i++) {
				const owner = enter(limits, "a");
				assert.ok(owner !== undefined && limits.trust(owner));
			}
			assert.equal(guests[2].here, false);
			assert.ok(limits.open <= 4);
			assert.equal(enter(limits, "a"), undefined, "all that is left is busy, or the owner's");
		}
	});

	it("trusts the owner on the connection of a guest, and drops it no more", () => {
		const limits = new ConnectionLimits(2, 2);
		const client = guest(limits, "a") as Client;
		client.isIdle = true;
		client.admit();
		assert.equal(client.visit(), true);
		const other = enter(limits, "b") as Client;
		other.admit();
		assert.equal(enter(limits, "c"), undefined);
		assert.equal(client.here, true);
		limits.remove(client);
		assert.notEqual(guest(limits, "c"), undefined);
	});

	it("accepts at least one connection from each address", () => {
		const limits = new ConnectionLimits(10, 1);
		assert.notEqual(enter(limits, "a"), undefined);
		assert.equal(limits.open, 1);
	});

	it("counts correctly in any sequence of events, and drops only from the address with the most", () => {
		for (let seed = 0; seed < 300; seed++) {
			const random = new Prng(seed);
			const most = 1 + random.below(12);
			const mostPerAddress = 1 + random.below(8);
			const limits = new ConnectionLimits(most, mostPerAddress);
			let all: Client[] = [];
			for (let step = 0; step < 200; step++) {
				const visitor = all[random.below(Math.max(1, all.length))];
				const crowd = (address: string, among: Client[]) =>
					among.filter((v) => v.remoteAddress === address && !v.known && !v.guest).length;
				const what = visitor === undefined ? 5 : random.below(6);
				if (what === 2) {
					// A guest that was refused stays untrusted.
					if (visitor.visit()) {
						visitor.guest = true;
						visitor.isIdle = random.chance(0.5);
					}
				} else if (what === 0) {
					visitor.admit();
				} else if (what === 1) {
					visitor.here = false;
					limits.remove(visitor);
				} else {
					const address = `${random.below(5)}`;
					const before = all;
					const entered = enter(limits, address);
					const gone = before.filter(({ here }) => !here);
					assert.ok(gone.length <= 1, `seed ${seed}`);
					if (gone.length === 1 && gone[0].remoteAddress !== address) {
						const largest = Math.max(...before.map((v) => crowd(v.remoteAddress, before)));
						assert.equal(crowd(gone[0].remoteAddress, before), largest, `seed ${seed}`);
					}
					if (entered !== undefined) all = [...all, entered];
				}
				all = all.filter(({ here }) => here);
				assert.equal(limits.open, all.length, `seed ${seed}`);
				assert.ok(limits.open <= most);
				const half = Math.max(1, mostPerAddress >> 1);
				for (let a = 0; a < 5; a++) assert.ok(crowd(`${a}`, all) <= half, `seed ${seed}`);
			}
		}
	});
});
