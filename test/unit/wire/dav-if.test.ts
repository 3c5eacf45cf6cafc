import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseDavIf } from "../../../src/wire/dav-if";
import { mutate } from "../../support/mutate";

const token = (text: string, isNot = false) => ({ isNot, token: text, tag: "" });
const tag = (text: string, isNot = false) => ({ isNot, token: "", tag: text });

const GOOD: [string, unknown][] = [
	["(<urn:a>)", [{ resource: "", conditions: [token("urn:a")] }]],
	['(<urn:a> ["x"])', [{ resource: "", conditions: [token("urn:a"), tag('"x"')] }]],
	[
		"(Not <urn:a> <urn:b>)(not <DAV:no-lock>)",
		[
			{ resource: "", conditions: [token("urn:a", true), token("urn:b")] },
			{ resource: "", conditions: [token("DAV:no-lock", true)] },
		],
	],
	[
		'<http://h/x> (<urn:a>)(["y"]) </z> ([W/"y"])',
		[
			{ resource: "http://h/x", conditions: [token("urn:a")] },
			{ resource: "http://h/x", conditions: [tag('"y"')] },
			{ resource: "/z", conditions: [tag('W/"y"')] },
		],
	],
];

const BAD = [
	"",
	"x",
	"()",
	"(",
	"(<urn:a>",
	"(<urn:a)",
	"<urn:a>",
	"(<a>) x",
	"(Not)",
	"(<a>) </b> (<c>)",
	"</a> </b> (<c>)",
	"(<>)",
];

describe("wire/dav-if", () => {
	it("reads lists of conditions, with and without resources", () => {
		for (const [field, expected] of GOOD) assert.deepEqual(parseDavIf(field), expected, field);
	});

	it("refuses malformed input", () => {
		for (const field of [...BAD, `(${"<a>".repeat(65)})`]) assert.equal(parseDavIf(field), undefined, field);
	});

	it("never throws", () => {
		const random = new Prng(3);
		for (let i = 0; i < 5000; i++) parseDavIf(mutate(random, GOOD[i % GOOD.length][0], '()<>[]"Not /:'));
	});
});
