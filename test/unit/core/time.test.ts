import assert from "node:assert/strict";
import { plausibleUtc } from "../../../src/core/time";

describe("core/time", () => {
	it("takes no date before 2024 for true", () => {
		const [before, first] = [Date.UTC(2023, 11, 31, 23, 59, 59, 999), Date.UTC(2024, 0, 1)];
		for (const wrong of [0, before, Number.NaN]) assert.equal(plausibleUtc(wrong), undefined);
		for (const right of [first, first + 1]) assert.equal(plausibleUtc(right), right);
	});
});
