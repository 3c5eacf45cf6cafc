import assert from "node:assert/strict";
import { isJpegQuality, JpegQuality } from "../../../src/media/jpeg-quality";

describe("media/jpeg-quality", () => {
	it("accepts whole numbers from 1 to 100 only", () => {
		for (const value of [1, 50, 100]) assert.equal(isJpegQuality(value), true);
		for (const value of [0, 101, 50.5, -1, NaN, Infinity]) {
			assert.equal(isJpegQuality(value), false);
			assert.throws(() => new JpegQuality(value), RangeError);
			assert.throws(() => new JpegQuality(80).set(value), RangeError);
		}
	});

	it("reports each change once", () => {
		const seen: number[] = [];
		const quality = new JpegQuality(80, () => seen.push(quality.value));
		for (const value of [80, 50, 50, 80]) quality.set(value);
		assert.deepEqual(seen, [50, 80]);
	});
});
