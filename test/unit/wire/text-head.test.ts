import assert from "node:assert/strict";
import { parseHead } from "../../../src/wire/text-head";
import { emptyMessage, HTTP_REQUESTS, HTTP_RESPONSES, REQUEST_LIMITS } from "../../../src/wire/text-message";
import { TextMessageReader } from "../../../src/wire/text-message-reader";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const line = "GET / HTTP/1.1\r\nHost: cam\r\n";

/** Octets that count how many of them are looked at one by one. */
function counted(text: string): { octets: Uint8Array; looks: () => number } {
	let looks = 0;
	const target = bytes(text);
	const octets = new Proxy(target, {
		get(_target, name) {
			if (typeof name === "string" && name >= "0" && name <= "9:") looks++;
			const value = Reflect.get(target, name);
			return typeof value === "function" ? value.bind(target) : value;
		},
	});
	return { octets, looks: () => looks };
}

/** Heads as long as allowed; an interpreter needs a third of a microsecond to look at an octet, and a board much more. */
const HEADS: readonly (readonly [title: string, head: string])[] = [
	["a name without end", `${line}${"n".repeat(8000)}: x\r\n\r\n`],
	["a line without a colon", `${line}${"n".repeat(8000)}\r\n\r\n`],
	["long names", `${line}${`${"n".repeat(256)}: x\r\n`.repeat(30)}\r\n`],
	["a long value", `${line}a: ${"v".repeat(8000)}\r\n\r\n`],
	["a value beyond ASCII", `${line}a: ${"\xe9".repeat(8000)}\r\n\r\n`],
	["a long target", `GET /${"t".repeat(2000)} HTTP/1.1\r\nHost: cam\r\n\r\n`],
	["a target without end", `GET /${"t".repeat(8000)} HTTP/1.1\r\nHost: cam\r\n\r\n`],
	["a method without end", `${"M".repeat(8000)} / HTTP/1.1\r\nHost: cam\r\n\r\n`],
	["many short lines", `${line}${"a:\r\n".repeat(60)}\r\n`],
];

describe("wire/text-head", () => {
	for (const [title, head] of HEADS) {
		it(`looks at each octet of a request with ${title} once`, () => {
			const { octets, looks } = counted(head);
			parseHead(emptyMessage(), HTTP_REQUESTS, REQUEST_LIMITS, octets, 0, octets.length);
			assert.ok(looks() < 1.3 * head.length + 600, `${looks()} looks at ${head.length} octets`);
		});

		it(`finds the end of a request with ${title} without looking at each octet`, () => {
			const { octets, looks } = counted(head);
			new TextMessageReader(HTTP_REQUESTS, REQUEST_LIMITS).feed(octets);
			assert.ok(looks() < 200, `${looks()} looks at ${head.length} octets`);
		});
	}

	it("looks at no more than 256 octets of a line of a response without a colon", () => {
		const { octets, looks } = counted(`HTTP/1.1 200 OK\r\n${"n".repeat(8000)}\r\n\r\n`);
		assert.equal(parseHead(emptyMessage(), HTTP_RESPONSES, REQUEST_LIMITS, octets, 0, octets.length), undefined);
		assert.ok(looks() < 600, `${looks()} looks`);
	});
});
