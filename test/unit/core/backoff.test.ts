import assert from "node:assert/strict";
import { nextPause } from "../../../src/core/backoff";

describe("core/backoff", () => {
	it("doubles the pause after each failure in a row, up to the longest, and begins again after a success", () => {
		const pauses: number[] = [];
		for (let pause = 0; pauses.length < 5; pauses.push(pause)) pause = nextPause(pause, 5000, 30_000);
		assert.deepEqual(pauses, [5000, 10_000, 20_000, 30_000, 30_000]);
		assert.equal(nextPause(0, 5000, 30_000), 5000);
	});
});
