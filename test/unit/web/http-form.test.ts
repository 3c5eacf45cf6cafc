import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { backFrom, formOf } from "../../../src/web/http-form";
import type { HttpRequest } from "../../../src/web/http-server";

function request(body: string, fields: [string, string][] = [], secure = false): HttpRequest {
	const message = { fields, body: utf8Encode(body) };
	return { message, secure } as unknown as HttpRequest;
}

const json = (body: string) => {
	const form = formOf(request(body, [["content-type", "application/json; charset=utf-8"]]));
	return form === undefined ? undefined : Object.fromEntries(form);
};

describe("web/http-form", () => {
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

	const referers: [string, string][] = [
		["http://cam/camera?a=b", "/camera?a=b"],
		["http://cam/", "/"],
		["", "/"],
		["http://evil.example/", "/"],
		["http://cam.evil.example/", "/"],
		["http://cam@evil.example/", "/"],
		["https://cam/camera", "/"],
		["http://cam//evil.example/", "/"],
		["http://cam/\\evil.example/", "/"],
		["http://cam/login?next=x", "/"],
	];
	for (const [referer, path] of referers) {
		it(`goes back to ${path} from ${referer || "nowhere"}`, () => {
			const fields: [string, string][] = [["host", "cam"]];
			if (referer !== "") fields.push(["referer", referer]);
			assert.equal(backFrom(request("", fields)), path);
		});
	}
});
