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

	it("finds texts again that were drawn so that all of them belong to the same place", () => {
		const texts: string[] = [];
		for (let i = 0; texts.length < 4000; i++) if (placeOf(`${i}`) === 7) texts.push(`${i}`);
		const set = new FingerprintSet();
		for (const text of texts) assert.ok(set.add(text));
		for (const text of texts) assert.ok(set.has(text) && !set.has(`${text} `));
		assert.equal(set.size, 4000);
	});
});

/** The first of 256 places that a set looks at, as everybody can compute it. */
function placeOf(text: string): number {
	let sum = 0x9747b28c;
	for (let i = 0; i < text.length; i++) {
		sum = Math.imul(sum ^ text.charCodeAt(i), 0x5bd1e995);
		sum ^= sum >>> 15;
	}
	sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
	sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
	return ((sum ^ (sum >>> 16)) >>> 0) % 256;
}
