import assert from "node:assert/strict";
import { FingerprintSet } from "../../../src/relay/fingerprint-set";

describe("relay/fingerprint-set", () => {
	it("knows what was added, and nothing else, among texts that differ little", () => {
		const set = new FingerprintSet();
		for (let i = 0; i < 20_000; i++) assert.ok(set.add(`00112233445566778899aabbccddeeff-${i}`));
		assert.equal(set.size, 20_000);
		for (let i = 0; i < 20_000; i++) {
			assert.ok(set.has(`00112233445566778899aabbccddeeff-${i}`));
			assert.ok(!set.has(`00112233445566778899aabbccddeefe-${i}`));
		}
		assert.ok(!set.add("00112233445566778899aabbccddeeff-7"));
		assert.equal(set.size, 20_000);
	});

	it("takes any text", () => {
		const set = new FingerprintSet();
		for (const text of ["", " ", "é", "😀", "\u0000"]) assert.ok(set.add(text) && set.has(text) && !set.add(text));
	});
});
