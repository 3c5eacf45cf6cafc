import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { parseLockBody, parsePropertyUpdate, parsePropfindBody } from "../../../src/wire/dav-bodies";
import { parseDavDepth, parseDavTimeout, parseLockToken } from "../../../src/wire/dav-fields";

const dav = (name: string, content: string): Uint8Array =>
	utf8Encode(`<?xml version="1.0"?><D:${name} xmlns:D="DAV:">${content}</D:${name}>`);

describe("wire/dav-bodies", () => {
	it("reads what a PROPFIND request asks for", () => {
		const length = { namespace: "DAV:", name: "getcontentlength" };
		const own = { namespace: "u:", name: "x" };
		const names = '<D:getcontentlength/><x xmlns="u:"/>';
		const cases: [Uint8Array, unknown][] = [
			[new Uint8Array(0), { kind: "all", names: [] }],
			[dav("propfind", "<D:allprop/>"), { kind: "all", names: [] }],
			[dav("propfind", `<D:allprop/><D:include>${names}</D:include>`), { kind: "all", names: [length, own] }],
			[dav("propfind", "<D:propname/>"), { kind: "names", names: [] }],
			[dav("propfind", `<D:prop>${names}</D:prop><x:unknown xmlns:x="x"/>`), { kind: "some", names: [length, own] }],
			[dav("propfind", ""), undefined],
			[dav("propfind", "<D:allprop/><D:propname/>"), undefined],
			[dav("other", "<D:allprop/>"), undefined],
			[utf8Encode("<propfind><allprop/></propfind>"), undefined],
			[utf8Encode('<D:propfind xmlns:D=""><D:allprop/></D:propfind>'), undefined],
		];
		for (const [body, expected] of cases) assert.deepEqual(parsePropfindBody(body), expected);
	});

	it("reads the instructions of a PROPPATCH request, in order, with the language around them", () => {
		const set =
			'<D:set xml:lang="fr"><D:prop><x xmlns="u:">a<y/></x><x:z xmlns:x="v:" xml:lang="en"/></D:prop></D:set>';
		const remove = "<D:remove><D:prop><D:displayname/></D:prop></D:remove>";
		assert.deepEqual(parsePropertyUpdate(dav("propertyupdate", set + remove)), [
			{ namespace: "u:", name: "x", xml: '<x xmlns="u:" xml:lang="fr">a<y/></x>' },
			{ namespace: "v:", name: "z", xml: '<z xmlns="v:" xml:lang="en"/>' },
			{ namespace: "DAV:", name: "displayname", xml: undefined },
		]);
		for (const body of [dav("propertyupdate", ""), dav("propfind", set), utf8Encode("<x")])
			assert.equal(parsePropertyUpdate(body), undefined);
	});

	it("reads which lock a LOCK request asks for", () => {
		const scope = (name: string) => `<D:lockscope><D:${name}/></D:lockscope>`;
		const type = "<D:locktype><D:write/></D:locktype>";
		const cases: [string, unknown][] = [
			[`${scope("exclusive")}${type}`, { isShared: false, owner: "" }],
			[`${scope("shared")}${type}<D:owner>Ada</D:owner>`, { isShared: true, owner: "Ada" }],
			[
				`${scope("shared")}${type}<D:owner><D:href>a&amp;b</D:href></D:owner>`,
				{ isShared: true, owner: '<href xmlns="DAV:">a&amp;b</href>' },
			],
			[scope("shared"), undefined],
			[type, undefined],
			[`${scope("other")}${type}`, undefined],
			[`${scope("shared")}<D:locktype><D:read/></D:locktype>`, undefined],
		];
		for (const [content, expected] of cases) assert.deepEqual(parseLockBody(dav("lockinfo", content)), expected);
	});

	it("reads the fields of requests", () => {
		const depths: [string, unknown][] = [
			["0", 0],
			["1", 1],
			[" Infinity", "infinity"],
			["2", undefined],
			["", undefined],
		];
		for (const [text, expected] of depths) assert.equal(parseDavDepth(text), expected, text);
		const times: [string, number][] = [
			["Second-60", 60],
			["Infinite, Second-4100000000", Infinity],
			["Extend, second-5", 5],
			["Second-x", 0],
			["", 0],
		];
		for (const [text, expected] of times) assert.equal(parseDavTimeout(text), expected, text);
		const tokens: [string, unknown][] = [
			[" <urn:a> ", "urn:a"],
			["urn:a", "urn:a"],
			["<urn:a", undefined],
			["<>", undefined],
		];
		for (const [text, expected] of tokens) assert.equal(parseLockToken(text), expected, text);
	});
});
