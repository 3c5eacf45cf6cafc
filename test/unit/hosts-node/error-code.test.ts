import assert from "node:assert/strict";
import { codeOf } from "../../../hosts/node/error-code";
import { detailOf, endReasonOf, netFailureOf } from "../../../src/ports/errno";

function coded(code: string): Error {
	return Object.assign(new Error(code), { code });
}

describe("hosts-node/error-code", () => {
	for (const [code, why] of [
		["EADDRINUSE", "in-use"],
		["EACCES", "not-permitted"],
		["EPERM", "not-permitted"],
		["EADDRNOTAVAIL", "no-address"],
		["ENODEV", "no-address"],
		["EMFILE", "failed"],
	]) {
		it(`${code} is ${why}`, () => assert.equal(netFailureOf(codeOf(coded(code))), why));
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
		it(`${code} ends a stream with ${why}`, () => assert.equal(endReasonOf(codeOf(coded(code))), why));
	}

	it("takes whatever is thrown", () => {
		for (const thrown of [undefined, null, "words", 7, new Error("plain")]) {
			assert.equal(netFailureOf(codeOf(thrown)), "failed");
			assert.equal(endReasonOf(codeOf(thrown)), "failed");
			assert.equal(typeof detailOf(thrown), "string");
		}
	});
});
