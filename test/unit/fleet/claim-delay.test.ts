import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { contentionDelay, heirDelay, identityDelay, siftDelay } from "../../../src/fleet/claim-delay";
import { SUCCESSION_SETTINGS } from "../../support/fleet-settings";

describe("fleet/claim-delay", () => {
	it("lets the heirs claim one after the other, the first at once, and all other cameras later (IMG-20)", () => {
		assert.deepEqual(
			[0, 1, 2].map((place) => heirDelay(place, 0.5)),
			[0, 60, 120],
		);
		for (const unit of [0, 0.3, 0.999999]) assert.ok(heirDelay(-1, unit) >= 180 && heirDelay(-1, unit) <= 180 + 93);
	});

	it("draws early slots rarely and late ones often, all within 32 x 3 ms", () => {
		const random = new Prng(1);
		const counts = new Array<number>(32).fill(0);
		for (let i = 0; i < 100000; i++) counts[siftDelay(random.unit()) / 3]++;
		assert.ok(counts.every((count) => count > 0));
		assert.ok(counts[31] > 10 * counts[15] && counts[15] > 10 * counts[0]);
		assert.equal(siftDelay(0), 0);
	});

	it("draws a new delay below the window each time (IMG-20)", () => {
		const id = "00000000000000aa";
		assert.equal(contentionDelay(SUCCESSION_SETTINGS, id, 0), 0);
		assert.equal(contentionDelay(SUCCESSION_SETTINGS, id, 0.999), 99);
	});

	it("computes the same delay from the same identity, and different ones from adjacent identities (IMG-21)", () => {
		const delays = Array.from({ length: 50 }, (_, i) => identityDelay(`0000000000000${(i + 256).toString(16)}`, 100));
		assert.ok(delays.every((delay) => Number.isInteger(delay) && delay >= 0 && delay < 100));
		assert.ok(new Set(delays).size > 25);
		const settings = { ...SUCCESSION_SETTINGS, delay: "identity" as const };
		assert.equal(contentionDelay(settings, "0000000000000100", 0.1), delays[0]);
		assert.equal(contentionDelay(settings, "0000000000000100", 0.9), delays[0]);
	});
});
