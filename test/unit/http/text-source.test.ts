import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { TextBody, TextSource } from "../../../src/http/text-source";
import { FakeStream } from "../../support/fake-stream";

describe("http/text-source", () => {
	const long = "aä€😀".repeat(200);
	for (const [what, parts] of [
		["nothing", []],
		["empty parts", ["", "a", "", ""]],
		["letters of all lengths, in pieces", [long, long]],
		["a letter that a piece would cut", [`${"x".repeat(255)}😀y`]],
		["halves of letters", ["\ud83d", "\ude00"]],
	] as const) {
		for (const room of [1, 7, 1 << 20]) {
			it(`sends ${what} with room for ${room} octets at a time`, () => {
				const body = new TextBody(parts);
				const source = new TextSource(body);
				const out = new FakeStream(room);
				let turns = 0;
				while (!source.fill(0, out)) {
					out.take(room, 0, { room() {} } as never);
					assert.ok(turns++ < 100000);
				}
				const wanted = Buffer.concat(parts.map((part) => utf8Encode(part)));
				assert.equal(out.text(), wanted.toString("latin1"));
				assert.equal(body.octets, wanted.length);
			});
		}
	}

	const texts = [
		"",
		"a",
		"b",
		"ab",
		"ba",
		"aa",
		"a ",
		"A",
		"\u00e4",
		"ae",
		"\u20ac",
		long,
		`${long}.`,
		`.${long}`,
		"\u0000",
	];

	it("has the same tag for the same text however it is split, and the tag is a valid field value", () => {
		const tags = texts.map((text) => new TextBody([text]).etag);
		assert.equal(new Set(tags).size, texts.length);
		for (const [i, tag] of tags.entries()) {
			assert.match(tag, /^"[!#-~]{1,40}"$/);
			const letters = Array.from(texts[i]);
			assert.equal(new TextBody(letters).etag, tag);
			assert.equal(new TextBody(["", letters.slice(0, 300).join(""), letters.slice(300).join("")]).etag, tag);
		}
	});

	it("has another tag when a character of a page changes, or two change places", () => {
		const page = "<p>All is well.</p>\n".repeat(40);
		const tags = new Set([new TextBody([page]).etag]);
		for (let i = 0; i < page.length; i++) tags.add(new TextBody([page.slice(0, i), "*", page.slice(i + 1)]).etag);
		assert.equal(tags.size, page.length + 1);
		for (let i = 3; i < page.length; i += 20) {
			const [one, other] = [page[i], page[i + 1]];
			assert.notEqual(one, other);
			tags.add(new TextBody([page.slice(0, i), other, one, page.slice(i + 2)]).etag);
		}
		assert.equal(tags.size, page.length + 1 + 40);
	});
});
