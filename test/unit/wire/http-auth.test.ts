import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseCredentials, quoted } from "../../../src/wire/http-auth";

describe("wire/http-auth", () => {
	it("reads the example of RFC 7616 §3.9.1", () => {
		const field =
			'Digest username="Mufasa",\n realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="8ca523f5e9506fed4657c9700eebdbec", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'.replace(
				"\n",
				"",
			);
		const credentials = parseCredentials(field);
		assert.equal(credentials?.scheme, "digest");
		assert.equal(credentials?.parameters.get("username"), "Mufasa");
		assert.equal(credentials?.parameters.get("nc"), "00000001");
		assert.equal(credentials?.parameters.get("qop"), "auth");
		assert.equal(credentials?.parameters.size, 10);
	});

	const cases: [string, [string, string][] | undefined, string?][] = [
		["Bearer abc.def", [], "abc.def"],
		[
			'Digest a="b\\"c\\\\d", e=f',
			[
				["a", 'b"c\\d'],
				["e", "f"],
			],
		],
		[
			'Digest a = "b" , c = d',
			[
				["a", "b"],
				["c", "d"],
			],
		],
		['Digest a="b", A="c"', undefined],
		['Digest a="b" c="d"', undefined],
		['Digest a="b', undefined],
		['Digest a="b\\', undefined],
		["Digest =x,y", undefined],
		["Digest a=b,", [["a", "b"]]],
		["Digest", undefined],
		[" x", undefined],
		[`Digest ${"a=b,".repeat(1000)}`, undefined],
		[`Digest ${Array.from({ length: 17 }, (_, i) => `a${i}=b`).join(",")}`, undefined],
	];
	for (const [field, parameters, token] of cases) {
		it(`reads ${field.slice(0, 40)} as ${JSON.stringify(parameters ?? "nothing")}`, () => {
			const credentials = parseCredentials(field);
			assert.deepEqual(credentials && [...credentials.parameters], parameters);
			if (token !== undefined) assert.equal(credentials?.token, token);
		});
	}

	it("never throws on altered fields", () => {
		const random = new Prng(7);
		const seed = 'Digest username="owner", realm="a b", nonce="x", uri="/", qop=auth, nc=00000001, response="0f"';
		for (let i = 0; i < 5000; i++) {
			const letters = seed.split("");
			for (let n = random.below(6); n >= 0; n--) {
				const at = random.below(letters.length);
				if (random.chance(0.5)) letters.splice(at, random.below(4));
				else letters.splice(at, 0, String.fromCharCode(random.below(256)), ['"', ",", "=", "\\"][random.below(4)]);
			}
			const credentials = parseCredentials(letters.join(""));
			if (credentials !== undefined) assert.ok(credentials.parameters.size <= 16);
		}
	});

	it("quotes text so that it can be parsed again", () => {
		assert.equal(quoted('a"b\\c\n'), '"a\\"b\\\\c?"');
		assert.equal(parseCredentials(`X a=${quoted('a"b\\c')},b=c`)?.parameters.get("a"), 'a"b\\c');
	});
});
