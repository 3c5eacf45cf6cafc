import assert from "node:assert/strict";
import { fromHex, isHex, toHex } from "../../../src/base/hex";

describe("base/hex", () => {
	it("reads what it writes", () => {
		const octets = Uint8Array.of(0, 1, 15, 16, 127, 128, 255);
		assert.equal(toHex(octets), "00010f107f80ff");
		assert.deepEqual(fromHex("00010f107f80ff", 7), octets);
		assert.deepEqual(fromHex("", 0), new Uint8Array(0));
	});

	for (const text of ["", "0", "00", "0g00", "00 0", "00FF", "000000"]) {
		it(`does not take "${text}" for two octets`, () => {
			assert.equal(isHex(text, 4), false);
			assert.equal(fromHex(text, 2), undefined);
		});
	}
});
