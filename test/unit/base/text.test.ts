import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { latin1, utf8Decode, utf8Encode } from "../../../src/base/text";

describe("base/text", () => {
	for (const text of [
		"",
		"plain",
		"Küche",
		"玄関 🏡",
		"x".repeat(1000) + "é".repeat(300),
		`${"x".repeat(255)}${"🏡é".repeat(500)}`,
		`${"x".repeat(254)}${"🏡x".repeat(500)}`,
		"\u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}",
	]) {
		it(`carries ${JSON.stringify(text.slice(0, 12))} there and back like the platform does`, () => {
			assert.deepEqual(utf8Encode(text), new Uint8Array(Buffer.from(text, "utf8")));
			assert.equal(utf8Decode(utf8Encode(text)), text);
		});
	}

	it("encodes nothing but characters of four octets", () => {
		for (const count of [1, 2, 255, 256, 257, 1000]) {
			const bytes = utf8Encode("🏡".repeat(count));
			assert.equal(bytes.length, 4 * count);
			for (let i = 0; i < bytes.length; i++) assert.equal(bytes[i], [0xf0, 0x9f, 0x8f, 0xa1][i % 4]);
			assert.equal(utf8Decode(bytes), "🏡".repeat(count));
		}
	});

	it("turns a lone surrogate into U+FFFD", () => {
		assert.equal(utf8Decode(utf8Encode("a\ud800b\udc00")), "a\ufffdb\ufffd");
		const long = "x".repeat(255);
		assert.equal(utf8Decode(utf8Encode(`${long}\ud800${long}`)), `${long}\ufffd${long}`);
	});

	it("decodes ill-formed octets exactly as the platform does, on random input", function () {
		// XS has no decoder of its own to compare with.
		if (typeof TextDecoder === "undefined") this.skip();
		const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const bytes = new Uint8Array(random.below(12));
			for (let i = 0; i < bytes.length; i++)
				bytes[i] = random.chance(0.3) ? random.below(128) : 0x80 + random.below(128);
			assert.equal(utf8Decode(bytes), decoder.decode(bytes), `seed ${seed}`);
		}
	});

	it("decodes Latin-1 of any length", () => {
		const bytes = new Uint8Array(700).map((_, i) => i);
		assert.equal(latin1(bytes), Buffer.from(bytes).toString("latin1"));
		assert.equal(latin1(bytes, 65, 68), "ABC");
	});
});
