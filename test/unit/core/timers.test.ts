import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { Timers } from "../../../src/core/timers";

describe("core/timers", () => {
	it("has no deadline until a slot is set", () => {
		const timers = new Timers(3);
		assert.equal(timers.deadline, Infinity);
		assert.equal(timers.due(1e9), -1);
	});

	it("returns due slots in the order of their deadlines, then of their numbers, each once", () => {
		const timers = new Timers(4);
		timers.set(2, 10);
		timers.set(3, 5);
		timers.set(0, 10);
		timers.set(1, 99);
		const order: number[] = [];
		for (let slot = timers.due(10); slot >= 0; slot = timers.due(10)) order.push(slot);
		assert.deepEqual(order, [3, 0, 2]);
		assert.equal(timers.deadline, 99);
	});

	it("lets a handler set its slot again", () => {
		const timers = new Timers(1);
		timers.set(0, 1);
		assert.equal(timers.due(1), 0);
		timers.set(0, 1);
		assert.equal(timers.due(1), 0);
		assert.equal(timers.due(1), -1);
	});

	it("brings a deadline forward, but never back, with setEarlier", () => {
		const timers = new Timers(1);
		timers.setEarlier(0, 10);
		timers.setEarlier(0, 20);
		assert.equal(timers.at(0), 10);
		timers.setEarlier(0, 5);
		assert.equal(timers.at(0), 5);
	});

	it("agrees with a plain list under any sequence of calls", () => {
		for (let seed = 1; seed <= 50; seed++) {
			const prng = new Prng(seed);
			const timers = new Timers(5);
			const model = new Array<number>(5).fill(Infinity);
			for (let step = 0; step < 200; step++) {
				const slot = Math.floor(prng.unit() * 5);
				const at = Math.floor(prng.unit() * 20);
				const choice = prng.unit();
				if (choice < 0.6) {
					timers.set(slot, at);
					model[slot] = at;
				} else if (choice < 0.8) {
					timers.clear(slot);
					model[slot] = Infinity;
				} else {
					const earliest = Math.min(...model);
					const wanted = earliest <= at ? model.indexOf(earliest) : -1;
					assert.equal(timers.due(at), wanted);
					if (wanted >= 0) model[wanted] = Infinity;
				}
				assert.equal(timers.deadline, Math.min(...model));
				assert.equal(timers.isSet(slot), model[slot] !== Infinity);
			}
			timers.clearAll();
			assert.equal(timers.deadline, Infinity);
		}
	});
});
