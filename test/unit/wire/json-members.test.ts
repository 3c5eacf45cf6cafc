import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import { parseJsonMembers } from "../../../src/wire/json-members";
import { assertLinearTime } from "../../support/linear-time";
import { mutate } from "../../support/mutate";

/** What an object is as a form, told in another way than the product does. */
function formFor(text: string): [string, string][] | undefined {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (Object.prototype.toString.call(content) !== "[object Object]") return undefined;
	const members = Object.entries(content as object).map(([name, value]): [string, unknown[]] => [name, [value].flat()]);
	const fine = members.every(([, values]) => values.every((value) => /^(string|number|boolean)$/.test(typeof value)));
	if (!fine || members.length > 64) return undefined;
	const words = (value: unknown) => (value === true ? "on" : value === false ? "off" : String(value));
	return members.map(([name, values]) => [name, values.map(words).join(",")]);
}

/** A text of JSON: an object with more or less in it, nested now and then. */
function object(random: Prng, depth = 0): string {
	const values = ['"b"', '"\\\\"', '"[{\\""', '"\\u00e4 \u00e4"', "1", "-1.5e3", "true", "false", "null", '""'];
	const value = (): string => {
		const kind = random.below(depth < 4 ? 14 : values.length);
		if (kind < values.length) return values[kind];
		return kind === 13
			? object(random, depth + 1)
			: `[${Array.from({ length: random.below(4) }, () => (random.chance(0.9) ? values[random.below(8)] : `[${value()}]`))}]`;
	};
	return `{${Array.from({ length: random.below(random.chance(0.05) ? 70 : 4) }, (_, i) => `"m${i}":${value()}`)}}`;
}

describe("wire/json-members", () => {
	const objects: [string, Record<string, string> | undefined][] = [
		['{"a":"b","c":1.5,"d":true,"e":false}', { a: "b", c: "1.5", d: "on", e: "off" }],
		['{"a":["b",1,true]}', { a: "b,1,on" }],
		['{"a":"[[[[{{{{\\"[[[["}', { a: '[[[[{{{{"[[[[' }],
		['{"a":"\\\\","b":["c"]}', { a: "\\", b: "c" }],
		["{}", {}],
		['{"__proto__":"x"}', { ["__proto__"]: "x" }],
		['{"a":[["b"]]}', undefined],
		['{"a":{"b":"c"}}', undefined],
		['{"a":null}', undefined],
		["[]", undefined],
		["null", undefined],
		['"a"', undefined],
		["{", undefined],
		["", undefined],
		[`{${Array.from({ length: 65 }, (_, i) => `"${i}":1`)}}`, undefined],
		// A parser that calls itself for each level would overflow the stack.
		["[".repeat(16_000), undefined],
		[`{"a":${"[".repeat(8000)}${"]".repeat(8000)}}`, undefined],
		[`{"a":${'{"a":'.repeat(2700)}1${"}".repeat(2701)}`, undefined],
	];
	for (const [text, form] of objects) {
		it(`reads ${text.slice(0, 40)} as ${form === undefined ? "nothing" : "members"}`, () => {
			const got = parseJsonMembers(utf8Encode(text));
			assert.deepEqual(got && [...got], form && Object.entries(form));
		});
	}

	const strings: [string, string][] = [
		['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
		['"\\u0041\\u00e4\\u20AC\\ud83d\\ude00"', "A\u00e4\u20ac\ud83d\ude00"],
		['"\u00e4\u20ac\ud83d\ude00"', "\u00e4\u20ac\ud83d\ude00"],
	];
	for (const [text, value] of strings)
		it(`decodes ${text}`, () => assert.equal(parseJsonMembers(utf8Encode(`{"a":${text}}`))?.get("a"), value));

	for (const value of [
		'"',
		'"\\',
		'"\\u00',
		'"\\u00g0"',
		'"\\x"',
		'"\n"',
		"01",
		"1.",
		".5",
		"1e",
		"+1",
		"-",
		"tru",
		"nan",
		"1 2",
	])
		it(`refuses ${JSON.stringify(value)} as a value`, () =>
			assert.equal(parseJsonMembers(utf8Encode(`{"a":${value}}`)), undefined));

	it("reads a mutated object as JSON.parse does, or not at all", () => {
		let forms = 0;
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const whole = object(random);
			const text = random.chance(0.3) ? whole : mutate(random, whole, '{}[]":,\\01-.eutrf \n');
			const bytes = utf8Encode(text);
			const form = parseJsonMembers(bytes);
			// An object lists names that are numbers first.
			assert.deepEqual(form && [...form].sort(), formFor(utf8Decode(bytes))?.sort(), `seed ${seed}: ${text}`);
			if (form !== undefined) forms++;
		}
		assert.ok(forms > 1000 && forms < 4000, `${forms} are forms`);
	});

	it("reads long input in linear time", () => {
		assertLinearTime(() => {
			for (const piece of ["[", '{"a":', '"', "\\", '"a":1,', "\\u20ac", "\u20ac", "1", " "]) {
				const text = piece.repeat(65_536 / piece.length);
				for (const whole of [text, `{"a":[${text}]}`, `{"a":"${text}"}`, `{${text}}`])
					parseJsonMembers(utf8Encode(whole));
			}
		});
	});
});
