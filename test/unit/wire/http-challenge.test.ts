import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { challengesOf } from "../../../src/wire/http-challenge";
import { emptyMessage } from "../../../src/wire/text-message";
import { mutate } from "../../support/mutate";

const read = (...values: string[]) => {
	const message = emptyMessage();
	for (const value of values) message.fields.push(["www-authenticate", value]);
	return challengesOf(message).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
};

describe("wire/http-challenge", () => {
	for (const [title, values, challenges] of [
		["Digest", ['Digest realm="a, b", nonce="c=="'], [["digest", { realm: "a, b", nonce: "c==" }]]],
		[
			"unquoted values",
			["DIGEST Realm = x ,nonce=y , stale=FALSE"],
			[["digest", { realm: "x", nonce: "y", stale: "FALSE" }]],
		],
		["escapes", ['Basic realm="a\\"b\\\\"'], [["basic", { realm: 'a"b\\' }]]],
		[
			"several in one field",
			['Digest realm="x", nonce="1", Basic realm="y", Negotiate'],
			[
				["digest", { realm: "x", nonce: "1" }],
				["basic", { realm: "y" }],
				["negotiate", {}],
			],
		],
		[
			"several fields",
			['Basic realm="y"', 'Digest realm="x"'],
			[
				["basic", { realm: "y" }],
				["digest", { realm: "x" }],
			],
		],
		["the first of two values", ["Digest nonce=1, nonce=2"], [["digest", { nonce: "1" }]]],
		["nothing", [], []],
		["an open quotation", ['Digest realm="x'], [["digest", {}]]],
		["parameters without a scheme", ["realm=x"], []],
		["garbage", ["xxx", '"', ",,,"], [["xxx", {}]]],
	] as const) {
		it(`reads ${title}`, () => assert.deepEqual(read(...values), challenges));
	}

	it("bounds challenges and parameters", () => {
		assert.equal(read("a b=1, ".repeat(100)).length, 8);
		const many = Array.from({ length: 100 }, (_, i) => `p${i}=1`).join(", ");
		assert.equal(Object.keys(read(`Digest ${many}`)[0][1]).length, 16);
		assert.deepEqual(read(`Digest realm="${"x".repeat(3000)}"`), []);
	});

	it("survives 10,000 mutated fields", () => {
		for (let seed = 0; seed < 10_000; seed++) {
			const text = mutate(
				new Prng(seed),
				'Digest realm="x", nonce="y", qop="auth", Basic realm="z"',
				'Digest=", \\abc',
			);
			assert.doesNotThrow(() => read(text), `seed ${seed}`);
		}
	});
});
