import assert from "node:assert/strict";
import { codeOf } from "../../../hosts/node/error-code";
import { detailOf, endReasonOf, fileFailureOf, netFailureOf } from "../../../src/ports/errno";

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

	for (const [code, why] of [
		["ENOENT", "not-found"],
		["EEXIST", "exists"],
		["ENOSPC", "full"],
		["EDQUOT", "full"],
		["EFBIG", "full"],
		["EACCES", "denied"],
		["EPERM", "denied"],
		["EROFS", "denied"],
		["ELOOP", "denied"],
		["ENOTDIR", "denied"],
		["EISDIR", "denied"],
		["EBADF", "denied"],
		["EBUSY", "busy"],
		["EMFILE", "busy"],
		["ENOTEMPTY", "busy"],
		["EIO", "failed"],
	]) {
		it(`${code} fails a file operation with ${why}`, () => assert.equal(fileFailureOf(codeOf(coded(code))), why));
	}

	it("accepts any thrown value", () => {
		for (const thrown of [undefined, null, "words", 7, new Error("plain")]) {
			assert.equal(netFailureOf(codeOf(thrown)), "failed");
			assert.equal(endReasonOf(codeOf(thrown)), "failed");
			assert.equal(fileFailureOf(codeOf(thrown)), "failed");
			assert.equal(typeof detailOf(thrown), "string");
		}
	});
});
