import assert from "node:assert/strict";
import { responseHead } from "../../../src/http/response-head";
import { assertLinearTime } from "../../support/linear-time";

const text = (head: Uint8Array) => Buffer.from(head).toString("latin1");

describe("http/response-head", () => {
	it("writes the status line, fields and an empty line", () => {
		assert.equal(
			text(
				responseHead(200, [
					["A", "b"],
					["C", ""],
				]),
			),
			"HTTP/1.1 200 OK\r\nA: b\r\nC: \r\n\r\n",
		);
	});

	it("writes question marks for characters that could start another field", () => {
		const fields = [["Location", "/a\r\nSet-Cookie: b\0\x7f\u20ac\t\xe9"]] as const;
		assert.equal(text(responseHead(303, fields)).split("\r\n")[1], "Location: /a??Set-Cookie: b???\t\xe9");
	});

	it("writes long values whole, in linear time", () => {
		assertLinearTime(() => {
			for (const length of [255, 256, 257, 1000, 200_000]) {
				const value = "x".repeat(length - 1);
				assert.equal(text(responseHead(303, [["Location", `/${value}`]])).split("\r\n")[1], `Location: /${value}`);
			}
		});
	});
});
