import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseJsonTexts } from "../../../src/wire/json-texts";
import { mutate } from "../../support/mutate";

function parse(text: string): string[] | undefined {
	const bytes = Buffer.from(`x${text}x`);
	return parseJsonTexts(bytes, 1, bytes.length - 1);
}

describe("wire/json-texts", () => {
	const lists: string[][] = [[], [""], ["a"], ["a", "b,", '"]', "\\", "\n\u0001ä🙂", "["]];
	for (const list of lists)
		it(`reads ${JSON.stringify(list)}`, () => assert.deepEqual(parse(JSON.stringify(list)), list));

	const refused = [
		"",
		"[",
		"]",
		'["a",]',
		'[,"a"]',
		'["a" ,"b"]',
		'["a"',
		'"a"',
		"[1]",
		"[null]",
		'[{"a":1}]',
		'[["a"]]',
	];
	for (const text of [...refused, '["a"]]', '["a\\"]', '["\\x"]', '["\u0001"]', '["a""b"]', '{"a":"b"}'])
		it(`refuses ${text}`, () => assert.equal(parse(text), undefined));

	it("reads what JSON.parse reads as a list of texts, or nothing (fuzzed)", () => {
		const random = new Prng(13);
		for (let i = 0; i < 20_000; i++) {
			const text = mutate(random, JSON.stringify(lists[3]), '\\"[],ab1{}:');
			const got = parse(text);
			if (got !== undefined) assert.deepEqual(got, JSON.parse(Buffer.from(text).toString()));
		}
	});
});
