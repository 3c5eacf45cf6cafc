import assert from "node:assert/strict";
import { Backoff } from "../../../src/core/backoff";

describe("core/backoff", () => {
	it("doubles the pause after each failure in a row, up to the longest, and begins again after a success", () => {
		const backoff = new Backoff(5000, 30_000);
		const pauses = [1, 2, 3, 4, 5].map(() => backoff.failed());
		assert.deepEqual(pauses, [5000, 10_000, 20_000, 30_000, 30_000]);
		backoff.worked();
		assert.equal(backoff.failed(), 5000);
	});
});
