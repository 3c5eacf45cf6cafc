import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { TextBody, TextSource } from "../../../src/web/text-source";
import { FakeStream } from "../../support/fake-stream";

describe("web/text-source", () => {
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
});
