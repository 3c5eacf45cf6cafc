import assert from "node:assert/strict";
import { asksForPage, HEAD_MAX, hostOfRequest } from "../../../../src/app/viewer/request-host";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { mutate } from "../../../support/mutate";

function hostOf(text: string): string | undefined {
	const bytes = utf8Encode(text);
	return hostOfRequest(bytes, bytes.length);
}

describe("app/viewer/request-host", () => {
	for (const [head, host] of [
		["GET / HTTP/1.1\r\nHost: Garage.localhost:8088\r\n\r\n", "garage.localhost"],
		["GET / HTTP/1.1\r\nAccept: */*\r\nhOST:localhost\r\n", "localhost"],
		["GET / HTTP/1.1\r\nHost: [::1]:8088\r\n\r\n", "[::1]"],
		["GET / HTTP/1.1\nHost: 127.0.0.1\n\n", "127.0.0.1"],
		["GET / HTTP/1.1\r\nHost: local", undefined],
		["GET / HTTP/1.1\r\nHost: localhost", undefined],
		["GET / HTTP/1.1\r\n", undefined],
		["", undefined],
		["GET / HTTP/1.0\r\n\r\n", ""],
		["GET / HTTP/1.1\r\nX-Host: a\r\n\r\nHost: b\r\n\r\n", ""],
		["x".repeat(HEAD_MAX), ""],
	] as const) {
		it(`finds ${JSON.stringify(host)} in ${JSON.stringify(head.slice(0, 50))}`, () => {
			assert.equal(hostOf(head), host);
		});
	}

	it("takes a head that comes octet by octet", () => {
		const text = "GET / HTTP/1.1\r\nAccept: text/html\r\nHost: localhost:1\r\nX: y\r\n\r\n";
		const end = text.indexOf("localhost:1\r\n") + 13;
		for (let i = 0; i < text.length; i++)
			assert.equal(hostOf(text.slice(0, i)), i < end ? undefined : "localhost", `${i}`);
	});

	for (const [head, isPage] of [
		["GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\n\r\n", true],
		["GET / HTTP/1.1\r\nACCEPT:application/xml, Text/HTML\r\n\r\n", true],
		["GET / HTTP/1.1\r\nAccept: image/avif,*/*\r\n\r\n", false],
		["GET /text/html HTTP/1.1\r\nX: accept: text/html\r\n\r\nAccept: text/html\r\n", false],
		["POST / HTTP/1.1\r\nAccept: text/html\r\n\r\n", false],
		["GET / HTTP/1.1\r\nAccept: text/html\r\n", undefined],
		["GET / HTTP/1.1\r\nAccept: text/html\r\n\r", undefined],
		["", undefined],
		[`GET / HTTP/1.1\r\nAccept: text/html\r\nX: ${"x".repeat(HEAD_MAX)}`, false],
	] as const) {
		it(`tells whether a page is asked for: ${isPage} in ${JSON.stringify(head.slice(0, 70))}`, () => {
			const bytes = utf8Encode(head);
			assert.equal(asksForPage(bytes, bytes.length), isPage);
		});
	}

	it("never throws on changed heads", () => {
		const random = new Prng(8);
		for (let i = 0; i < 1000; i++)
			hostOf(mutate(random, "GET / HTTP/1.1\r\nHost: a.localhost:80\r\n\r\n", ":\r\n[]. aH"));
		for (let i = 0; i < 1000; i++) {
			const bytes = utf8Encode(mutate(random, "GET / HTTP/1.1\r\nAccept: text/html\r\n\r\n", ":\r\n/ aA"));
			asksForPage(bytes, bytes.length);
		}
	});
});
