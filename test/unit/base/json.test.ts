import assert from "node:assert/strict";
import { toJson } from "../../../src/base/json";
import { Prng } from "../../../src/base/prng";

describe("base/json", () => {
	for (const value of [
		null,
		true,
		0,
		-1.5,
		1e21,
		Number.NaN,
		"",
		'"\\\u0000\u2028</script>',
		"\ud83d\ude00",
		[],
		{},
		[[], {}, null, undefined],
		{ a: undefined, b: [1, { c: "x" }], "d e": null, "": "empty" },
		Object.freeze({ list: Object.freeze([Object.freeze({ deep: true })]) }),
	])
		it(`writes ${JSON.stringify(value)} as the engine does`, () => assert.equal(toJson(value), JSON.stringify(value)));

	it("writes any tree as the engine does", () => {
		for (let seed = 1; seed <= 200; seed++) {
			const random = new Prng(seed);
			const value = tree(random, 4);
			assert.equal(toJson(value), JSON.stringify(value), `seed ${seed}`);
		}
	});
});

function tree(random: Prng, depth: number): unknown {
	const kind = random.below(depth === 0 ? 4 : 6);
	const leaves = [null, random.below(1000) / 8, random.below(2) === 1, String.fromCharCode(random.below(0x3000))];
	if (kind < leaves.length) return leaves[kind];
	const items = Array.from({ length: random.below(4) }, () => tree(random, depth - 1));
	return kind === 4 ? items : Object.fromEntries(items.map((item, i) => [`${i}"`, item]));
}
