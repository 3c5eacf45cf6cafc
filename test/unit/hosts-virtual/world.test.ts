import assert from "node:assert/strict";
import { World } from "../../../hosts/virtual/world";
import { Prng } from "../../../src/base/prng";

describe("hosts-virtual/world", () => {
	it("runs events in order of time, and at the same time in the order in which they were added", () => {
		const prng = new Prng(7);
		const world = new World(1);
		const expected: [number, number][] = [];
		const seen: [number, number][] = [];
		for (let i = 0; i < 2000; i++) {
			const at = prng.below(100);
			expected.push([at, i]);
			world.at(at, () => seen.push([world.now, i]));
		}
		world.run(100);
		expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
		assert.deepEqual(seen, expected);
	});

	it("jumps to the next event, and ends at the given time", () => {
		const world = new World(1);
		const seen: number[] = [];
		world.after(3_600_000, () => seen.push(world.now));
		assert.equal(world.nextAt, 3_600_000);
		world.run(10);
		assert.deepEqual([world.now, seen.length], [10, 0]);
		assert.equal(world.step(), true);
		assert.deepEqual([world.now, seen.length], [3_600_000, 1]);
		assert.equal(world.step(), false);
		world.runFor(5);
		world.advanceTo(1);
		assert.equal(world.now, 3_600_005);
	});

	it("does not run a cancelled event, and runs one in the past now", () => {
		const world = new World(1);
		const seen: number[] = [];
		world.run(50);
		world.cancel(world.at(60, () => seen.push(60)));
		world.at(20, () => seen.push(world.now));
		assert.deepEqual(seen, []);
		world.run(100);
		assert.deepEqual(seen, [50]);
	});

	it("removes cancelled events, and keeps the order of the others", () => {
		const world = new World(1);
		const seen: number[] = [];
		for (let i = 0; i < 10_000; i++) {
			const event = world.at(1 + ((i * 7919) % 1000), () => seen.push(world.now));
			if (i % 100 !== 0) world.cancel(event);
			world.cancel(i % 100 !== 0 ? event : undefined);
		}
		world.run(2000);
		assert.equal(seen.length, 100);
		assert.deepEqual(
			seen,
			[...seen].sort((a, b) => a - b),
		);
		assert.equal(world.nextAt, Infinity);
	});

	it("waits for a condition up to a limit", () => {
		const world = new World(1);
		let done = false;
		world.after(30, () => {
			done = true;
		});
		assert.equal(
			world.runUntil(() => done, 20),
			false,
		);
		assert.equal(world.now, 20);
		assert.equal(
			world.runUntil(() => done, 20),
			true,
		);
		assert.equal(world.now, 30);
	});

	it("reports an endless loop with the seed", () => {
		const world = new World(42);
		const again = (): void => {
			world.after(0, again);
		};
		again();
		assert.throws(() => world.run(1), /stands still.*seed 42/);
	});
});
