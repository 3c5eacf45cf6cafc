import assert from "node:assert/strict";
import { parseIpv4 } from "../../src/core/ipv4";
import { STORE_VALUE_MAX } from "../../src/ports/store";
import { Bench, type PortFixture } from "./port-fixture";

/** The clauses of the ports that stay on the machine: paths, clock, random, store and log. */
export function localSuite(open: () => Promise<PortFixture>): void {
	let bench: Bench;

	beforeEach(async () => {
		bench = new Bench(await open());
	});
	afterEach(() => bench.close());

	describe("paths", () => {
		it("lists at least one interface, and the host's own address", () => {
			const paths = bench.a.network.paths();
			for (const path of paths) {
				assert.ok(path.name.length > 0);
				assert.notEqual(parseIpv4(path.address), undefined);
				assert.ok(path.prefix >= 0 && path.prefix <= 32);
				if (path.gateway !== undefined) assert.notEqual(parseIpv4(path.gateway), undefined);
				if (path.mac !== undefined) assert.match(path.mac, /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
			}
			assert.ok(paths.some((path) => path.address === bench.a.address));
		});

		it("returns the same objects while nothing changes", () => {
			const [before, after] = [bench.a.network.paths(), bench.a.network.paths()];
			assert.equal(before.length, after.length);
			for (let i = 0; i < before.length; i++) assert.equal(before[i], after[i]);
		});

		it("adds and removes a watcher", async () => {
			bench.guard.call(() => bench.a.network.watch(() => bench.guard.called("changed")));
			await bench.quiet();
			bench.a.network.watch(() => assert.fail("a watcher that was let go"));
			bench.a.network.watch(undefined);
			await bench.quiet();
		});
	});

	describe("clock", () => {
		it("counts whole milliseconds and never goes back", async () => {
			const { clock } = bench.a;
			let last = clock.now();
			for (let i = 0; i < 20; i++) {
				await bench.fixture.run(() => false, 5);
				const now = clock.now();
				assert.ok(Number.isInteger(now) && now >= last);
				last = now;
			}
		});

		it("returns the date in whole milliseconds, or undefined", () => {
			const utc = bench.a.clock.utc();
			if (utc !== undefined) assert.ok(Number.isInteger(utc) && utc > 0);
		});

		it("rings once, at or after the time, and never during set", async () => {
			const { clock } = bench.a;
			for (const delay of [50, 7, 1, 0, -1000]) {
				const rings: number[] = [];
				const at = clock.now() + delay;
				bench.guard.call(() =>
					clock.set(at, () => {
						bench.guard.called("ring");
						rings.push(clock.now());
					}),
				);
				await bench.until("a ring", () => rings.length > 0);
				await bench.quiet();
				assert.equal(rings.length, 1);
				assert.ok(rings[0] >= at, `rang at ${rings[0]}, not ${at}`);
			}
		});

		it("has one alarm, which a second call replaces and Infinity cancels", async () => {
			const { clock } = bench.a;
			const rings: string[] = [];
			clock.set(clock.now() + 10, () => rings.push("first"));
			clock.set(clock.now() + 20, () => rings.push("second"));
			await bench.until("a ring", () => rings.length > 0);
			clock.set(clock.now() + 10, () => rings.push("third"));
			clock.set(Infinity, () => rings.push("never"));
			await bench.quiet();
			assert.deepEqual(rings, ["second"]);
		});

		it("does not ring early when the time is more than 2^31 ms away", async () => {
			const { clock } = bench.a;
			clock.set(clock.now() + 2 ** 33, () => assert.fail("rang"));
			await bench.quiet();
			clock.set(Infinity, () => {});
		});

		it("can be set while it rings", async () => {
			const { clock } = bench.a;
			let rings = 0;
			const again = (): void => {
				if (++rings < 5) clock.set(clock.now() + 1, again);
			};
			clock.set(clock.now() + 1, again);
			await bench.until("five rings", () => rings === 5);
		});

		it("gives each program its own clock", async () => {
			const rings: string[] = [];
			bench.a.clock.set(bench.a.clock.now() + 5, () => rings.push("a"));
			bench.b.clock.set(bench.b.clock.now() + 30, () => rings.push("b"));
			await bench.until("both", () => rings.length >= 2);
			assert.deepEqual(rings, ["a", "b"]);
		});
	});

	describe("random", () => {
		it("fills the whole array", () => {
			const seen = new Uint8Array(257);
			for (let i = 0; i < 64; i++) {
				const bytes = new Uint8Array(259).subarray(1, 258);
				bench.a.random.fill(bytes);
				for (let j = 0; j < 257; j++) seen[j] |= bytes[j];
			}
			assert.ok(seen.every((octet) => octet !== 0));
			bench.a.random.fill(new Uint8Array(0));
		});

		it("returns evenly distributed numbers in [0, 1)", () => {
			let sum = 0;
			for (let i = 0; i < 2000; i++) {
				const unit = bench.a.random.unit();
				assert.ok(unit >= 0 && unit < 1);
				sum += unit;
			}
			assert.ok(Math.abs(sum / 2000 - 0.5) < 0.05, `mean ${sum / 2000}`);
		});
	});

	describe("store", () => {
		it("reads the last written value, and nothing after delete", () => {
			const { store } = bench.a;
			assert.equal(store.read("name"), undefined);
			for (const value of ["one", "", "Küche 🏠 \n\t", "é".repeat(STORE_VALUE_MAX / 2), "two"]) {
				store.write("name", value);
				assert.equal(store.read("name"), value);
			}
			store.write("other", "x");
			store.delete("name");
			store.delete("name");
			assert.deepEqual([store.read("name"), store.read("other")], [undefined, "x"]);
		});

		it("accepts keys of 1 to 15 characters of a-z0-9.- and no others", () => {
			const { store } = bench.a;
			for (const key of ["a", "0", "fleet-key.v1", "abcdefghijklmno", ".", "..", "-"]) {
				store.write(key, key);
				assert.equal(store.read(key), key);
			}
			for (const key of ["", "abcdefghijklmnop", "A", "a/b", "../a", "a b", "ä", "a_b", "a\n", "a\0"]) {
				assert.throws(() => store.read(key), RangeError, key);
				assert.throws(() => store.write(key, "x"), RangeError, key);
				assert.throws(() => store.delete(key), RangeError, key);
			}
		});

		it("refuses values of more than 4,000 octets and keeps the old one", () => {
			const { store } = bench.a;
			store.write("name", "old");
			for (const value of ["x".repeat(STORE_VALUE_MAX + 1), `x${"é".repeat(STORE_VALUE_MAX / 2)}`]) {
				assert.throws(() => store.write("name", value), RangeError);
			}
			assert.equal(store.read("name"), "old");
		});

		it("separates the values of two programs", () => {
			bench.a.store.write("mine", "a");
			assert.equal(bench.b.store.read("mine"), undefined);
		});
	});

	describe("log", () => {
		it("accepts any text at any level", () => {
			for (const level of ["error", "warn", "info", "debug"] as const) {
				bench.a.log.write(level, "test", "a foreign text \x1b[31m\n\u202e\ud800");
			}
		});
	});
}
