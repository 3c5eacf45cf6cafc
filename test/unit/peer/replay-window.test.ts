import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { ReplayWindow } from "../../../src/peer/replay-window";

describe("peer/replay-window", () => {
	it("accepts each number once, and none that is 1,024 behind the largest (P2P-14)", () => {
		const window = new ReplayWindow();
		for (const number of [5, 0, 3, 2000, 1000, 977, 2 ** 40]) {
			assert.equal(window.isNew(number), true, `${number}`);
			window.add(number);
			assert.equal(window.isNew(number), false);
			assert.equal(window.take(number), false);
		}
		assert.equal(window.isNew(2 ** 40 - 1024), false);
		assert.equal(window.take(2 ** 40 - 1023), true);
		assert.equal(window.take(2 ** 40 - 1023), false);
		assert.equal(window.isNew(2000), false);
	});

	it("behaves like a set of all numbers, for any order", () => {
		const random = new Prng(3);
		const window = new ReplayWindow();
		const seen = new Set<number>();
		let largest = -1;
		for (let i = 0; i < 20_000; i++) {
			const number = Math.max(0, largest + random.below(random.chance(0.01) ? 3000 : 40) - 20);
			const isNew = number > largest - 1024 && !seen.has(number);
			assert.equal(window.isNew(number), isNew, `step ${i}`);
			if (!isNew) continue;
			window.add(number);
			seen.add(number);
			largest = Math.max(largest, number);
			if (random.chance(0.1)) {
				window.remove(number);
				seen.delete(number);
			}
		}
	});
});
