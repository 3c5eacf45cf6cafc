import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Decode, utf8Encode } from "../../../src/base/text";
import { formOf } from "../../../src/http/http-form";
import type { HttpRequest } from "../../../src/http/http-request";
import { REQUEST_LIMITS } from "../../../src/wire/text-message";
import { assertLinearTime } from "../../support/linear-time";
import { mutate } from "../../support/mutate";

function request(body: string | Uint8Array, fields: [string, string][] = [], secure = false): HttpRequest {
	const message = { fields, body: typeof body === "string" ? utf8Encode(body) : body };
	return { message, secure } as unknown as HttpRequest;
}

const JSON_TYPE: [string, string][] = [["content-type", "application/json; charset=utf-8"]];

const json = (body: string) => {
	const form = formOf(request(body, JSON_TYPE));
	return form === undefined ? undefined : Object.fromEntries(form);
};

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

/** How deep the brackets of a text are nested, outside of its strings. */
function depthOf(text: string): number {
	let [depth, deepest] = [0, 0];
	for (const bracket of text.replace(/"(\\[\s\S]|[^"\\])*"?/g, "").replace(/[^[\]{}]/g, "")) {
		depth += bracket === "[" || bracket === "{" ? 1 : -1;
		deepest = Math.max(deepest, depth);
	}
	return deepest;
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

describe("http/http-form", () => {
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
		// What a parser that calls itself for each level can't stand: it would take the camera with it.
		["[".repeat(16_000), undefined],
		[`{"a":${"[".repeat(8000)}${"]".repeat(8000)}}`, undefined],
		[`{"a":${'{"a":'.repeat(2700)}1${"}".repeat(2701)}`, undefined],
	];
	for (const [text, form] of objects) {
		it(`reads ${text.slice(0, 40)} as ${form === undefined ? "nothing" : "a form"}`, () => {
			const got = json(text);
			assert.deepEqual(got === undefined ? got : Object.entries(got), form === undefined ? form : Object.entries(form));
		});
	}

	it("reads a mutated object as JSON.parse does, or not at all", () => {
		let forms = 0;
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const whole = object(random);
			const text = random.chance(0.3) ? whole : mutate(random, whole, '{}[]":,\\01-.eutrf \n');
			const form = formOf(request(text, JSON_TYPE));
			const wanted = formFor(utf8Decode(utf8Encode(text)));
			assert.deepEqual(form && [...form], wanted, `seed ${seed}: ${text}`);
			if (form !== undefined) forms++;
		}
		assert.ok(forms > 1000 && forms < 4000, `${forms} are forms`);
	});

	it("passes nothing to JSON.parse that is nested deeper than lists in an object", () => {
		const { parse } = JSON;
		const parsed: string[] = [];
		try {
			for (let seed = 0; seed < 3000; seed++) {
				const random = new Prng(seed);
				const pieces = ["[", "{", "]", "}", '"', "\\", '{"a":', '"[\\"",', "1", ",", '\\"'];
				let text = random.chance(0.5) ? object(random) : "";
				for (let n = random.below(12); n > 0; n--) text += pieces[random.below(pieces.length)];
				JSON.parse = (given: string) => {
					parsed.push(given);
					return parse(given);
				};
				formOf(request(text, JSON_TYPE));
			}
		} finally {
			JSON.parse = parse;
		}
		assert.ok(parsed.length > 500);
		for (const text of parsed) assert.ok(depthOf(text) <= 2, text);
	});

	it("never throws, and reads at most 32 fields of a form or 64 members, for any input", () => {
		const seeds = [
			"a=b&c=%41+d&e",
			"&=&",
			"a=%e2%82%ac&b=%00",
			'{"a":"b","c":[1,true]}',
			Array.from({ length: 32 }, (_, i) => `a${i}=b`).join("&"),
		];
		let forms = 0;
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			const body = utf8Encode(mutate(random, seeds[random.below(seeds.length)], '%&=+;0aF"{}[]:,'));
			for (let n = random.below(3); n > 0; n--) body[random.below(body.length)] = random.below(256);
			for (const fields of [[], JSON_TYPE]) {
				const form = formOf(request(body, fields));
				if (form === undefined) continue;
				forms++;
				assert.ok(form.size <= (fields.length === 0 ? 32 : 64), `seed ${seed}`);
				for (const [name, value] of form)
					assert.ok(typeof value === "string" && name.length + value.length <= 8 * body.length, `seed ${seed}`);
			}
		}
		assert.ok(forms > 1000);
	});

	it("reads long input in linear time", () => {
		assertLinearTime(() => {
			for (const piece of ["a=b&", "%41", "%", "+", "&", "[", '{"a":', '"', "\\", '"a":1,', "\u20ac"]) {
				const text = piece.repeat((4 * REQUEST_LIMITS.body) / piece.length);
				formOf(request(text));
				formOf(request(`{"a":[${text}]}`, JSON_TYPE));
			}
		});
	});
});
