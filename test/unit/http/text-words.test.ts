import assert from "node:assert/strict";
import { TextBody } from "../../../src/http/text-source";
import { TextWords } from "../../../src/http/text-words";

describe("words of texts (IMG-14)", () => {
	const words = new TextWords([
		'<form method="post">',
		"$& has no meaning",
		...Array.from({ length: 24 }, (_, i) => `word ${i};`),
	]);

	it("a packed text is short, and unpacked the same", () => {
		const text = `a\tb\r\n<form method="post"><form method="post">$& has no meaning${Array.from({ length: 24 }, (_, i) => `word ${i};`).join("")}é😀`;
		const packed = words.pack(text);
		assert.equal(packed.length, "a\tb\r\né😀".length + 27);
		assert.equal(words.unpack(packed), text);
	});

	it("characters that stand for words can't be smuggled in", () => {
		for (let code = 1; code < 32; code++) {
			const packed = words.pack(`name${String.fromCharCode(code)}`);
			assert.ok(/^name[\t\n\v\f\r]?$/.test(packed), `${code}`);
		}
	});

	it("there are at most 26 words", () => {
		assert.throws(() => new TextWords(Array.from({ length: 27 }, (_, i) => `${i}`)), RangeError);
	});

	it("a body is as long as what is sent, and its tag is that of the same text without words", () => {
		const parts = [`${"x".repeat(250)}<form method="post">y😀`, '<form method="post">'];
		const packed = new TextBody(
			parts.map((part) => words.pack(part)),
			words,
		);
		const plain = new TextBody(parts);
		assert.deepEqual([packed.octets, packed.etag, packed.parts], [plain.octets, plain.etag, parts]);
		assert.ok(packed.stored.join("").length < 260);
	});
});
