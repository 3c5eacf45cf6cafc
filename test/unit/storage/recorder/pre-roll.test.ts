import assert from "node:assert/strict";
import { AccessUnit } from "../../../../src/media/access-unit";
import { Frame } from "../../../../src/media/frame";
import { PreRoll, PreRollBudget } from "../../../../src/storage/recorder/pre-roll";

let held = 0;

function frame(octets = 100): Frame {
	held++;
	return new Frame(new Uint8Array(octets), 0, octets, 0, 0, undefined, () => void held--);
}

function unit(isKey: boolean, octets = 100): AccessUnit {
	held++;
	return new AccessUnit(new Uint8Array(octets), 0, octets, isKey, 0, 0, 0, () => void held--);
}

/** Keeps a picture, and gives the own reference back. */
function push(ring: PreRoll, picture: Frame | AccessUnit, utc: number, span = 5000): void {
	ring.push(picture, utc, span);
	picture.release();
}

function timesOf(ring: PreRoll): number[] {
	const times: number[] = [];
	ring.drain({ kept: (_picture, utc) => times.push(utc) });
	return times;
}

describe("storage/recorder/pre-roll", () => {
	beforeEach(() => {
		held = 0;
	});

	it("keeps JPEG pictures for a time, and gives them in order (STR-26)", () => {
		const ring = new PreRoll(new PreRollBudget(1_000_000));
		for (let utc = 0; utc <= 60_000; utc += 500) push(ring, frame(), utc);
		assert.equal(held, 11);
		assert.deepEqual(
			timesOf(ring),
			Array.from({ length: 11 }, (_, i) => 55_000 + 500 * i),
		);
		assert.equal(held, 0);
		assert.deepEqual([ring.size, ring.octets], [0, 0]);
	});

	it("begins with a key picture of H.264, and keeps the whole time (STR-26)", () => {
		const ring = new PreRoll(new PreRollBudget(1_000_000));
		push(ring, unit(false), 0);
		assert.equal(ring.size, 0);
		for (let i = 0; i <= 100; i++) push(ring, unit(i % 20 === 0), i * 100);
		// Key pictures are at 0, 2000 … 10000: the one at 4000 begins the five seconds before 10000.
		const times = timesOf(ring);
		assert.deepEqual([times[0], times.at(-1), times.length], [4000, 10_000, 61]);
		assert.equal(held, 0);
	});

	it("drops whole groups of pictures when memory is short, and all if one group is too large", () => {
		const ring = new PreRoll(new PreRollBudget(3000));
		for (let i = 0; i < 40; i++) push(ring, unit(i % 10 === 0), i * 100, 60_000);
		assert.ok(ring.octets <= 3000);
		assert.equal(timesOf(ring)[0] % 1000, 0);
		for (let i = 0; i < 40; i++) push(ring, unit(i === 0), i * 100, 60_000);
		assert.equal(ring.size, 0);
		push(ring, frame(4000), 0);
		assert.equal(ring.size, 0);
		assert.equal(held, 0);
	});

	it("shares the memory with the rings of other cameras", () => {
		const budget = new PreRollBudget(2000);
		const [one, other] = [new PreRoll(budget), new PreRoll(budget)];
		for (let i = 0; i < 30; i++) push(one, frame(), i);
		assert.equal(one.octets, 2000);
		for (let i = 0; i < 30; i++) push(other, frame(), i);
		push(one, frame(), 30);
		assert.deepEqual([one.octets, other.octets], [1000, 1000]);
		other.clear();
		assert.equal(budget.rings, 1);
		assert.equal(budget.share, 2000);
		one.clear();
		assert.equal(budget.rings, 0);
		one.clear();
		assert.equal(budget.rings, 0);
		assert.equal(held, 0);
	});

	it("keeps nothing for no time, and forgets what is later than the newest: the clock was set", () => {
		const ring = new PreRoll(new PreRollBudget(1_000_000));
		push(ring, frame(), 0, 0);
		assert.equal(ring.size, 0);
		for (const utc of [10_000, 11_000, 1000]) push(ring, frame(), utc);
		assert.deepEqual(timesOf(ring), [1000]);
		assert.equal(held, 0);
	});
});
