import assert from "node:assert/strict";
import { fromBase64, toBase64 } from "../../../src/base/base64";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";

describe("base/base64", () => {
	it("encodes and decodes octets of every length", () => {
		const random = new Prng(1);
		for (let length = 0; length < 300; length++) {
			const bytes = Uint8Array.from({ length }, () => random.below(256));
			const text = toBase64(bytes);
			assert.equal(text.length, Math.ceil(length / 3) * 4);
			assert.deepEqual(fromBase64(text), bytes);
			assert.deepEqual(fromBase64(text.replaceAll("=", "")), bytes);
		}
	});

	it("encodes the examples of RFC 4648 §10", () => {
		for (const [text, encoded] of [
			["", ""],
			["f", "Zg=="],
			["fo", "Zm8="],
			["foo", "Zm9v"],
			["foobar", "Zm9vYmFy"],
		] as const)
			assert.equal(toBase64(utf8Encode(text)), encoded);
	});

	for (const text of ["A", "AAAAA", "A===", "AB=C", "AB-_", "AB CD", "ABÜD", "===="]) {
		it(`rejects ${text}`, () => assert.equal(fromBase64(text), undefined));
	}
});
