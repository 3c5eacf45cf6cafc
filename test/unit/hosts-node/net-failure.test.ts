import assert from "node:assert/strict";
import { detailOf, endReasonOf, netFailureOf } from "../../../hosts/node/net-failure";

function coded(code: string): Error {
	return Object.assign(new Error(code), { code });
}

describe("hosts-node/net-failure", () => {
	for (const [code, why] of [
		["EADDRINUSE", "in-use"],
		["EACCES", "not-permitted"],
		["EPERM", "not-permitted"],
		["EADDRNOTAVAIL", "no-address"],
		["ENODEV", "no-address"],
		["EMFILE", "failed"],
	]) {
		it(`${code} is ${why}`, () => assert.equal(netFailureOf(coded(code)), why));
	}

	for (const [code, why] of [
		["ECONNREFUSED", "refused"],
		["ETIMEDOUT", "timeout"],
		["EHOSTUNREACH", "unreachable"],
		["ENETUNREACH", "unreachable"],
		["EADDRNOTAVAIL", "unreachable"],
		["ECONNRESET", "reset"],
		["EPIPE", "reset"],
		["EPROTO", "failed"],
	]) {
		it(`${code} ends a stream with ${why}`, () => assert.equal(endReasonOf(coded(code)), why));
	}

	it("takes whatever is thrown", () => {
		for (const thrown of [undefined, null, "words", 7, new Error("plain")]) {
			assert.equal(netFailureOf(thrown), "failed");
			assert.equal(endReasonOf(thrown), "failed");
			assert.equal(typeof detailOf(thrown), "string");
		}
	});
});
