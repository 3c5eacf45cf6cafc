import assert from "node:assert/strict";
import { toBase64 } from "../../../src/base/base64";
import { isHex, toHex } from "../../../src/base/hex";
import { md5 } from "../../../src/base/md5";

const ascii = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

describe("base/md5", () => {
	const suite: [string, string][] = [
		["", "d41d8cd98f00b204e9800998ecf8427e"],
		["a", "0cc175b9c0f1b6a831c399e269772661"],
		["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
		["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
		["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
		[
			"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
			"57edf4a22be3c955ac49da2e2107b67a",
		],
	];
	for (const [text, digest] of suite) {
		it(`gives the digest of RFC 1321 §A.5 for ${text.length} octets`, () =>
			assert.equal(toHex(md5(ascii(text))), digest));
	}

	it("pads right about the end of a block", () => {
		const digests = new Set<string>();
		for (let length = 54; length <= 66; length++) digests.add(toHex(md5(new Uint8Array(length).fill(97))));
		assert.equal(digests.size, 13);
		assert.equal(toHex(md5(new Uint8Array(56).fill(97))), "3b0c8ac703f828b04c6c197006d17218");
		assert.equal(toHex(md5(new Uint8Array(64).fill(97))), "014842d480b571495a4a0363793f7367");
	});
});

describe("base/base64", () => {
	for (const [text, coded] of [
		["", ""],
		["f", "Zg=="],
		["fo", "Zm8="],
		["foo", "Zm9v"],
		["foobar", "Zm9vYmFy"],
		["\xff\xfe\xfb", "//77"],
	]) {
		it(`writes ${JSON.stringify(text)} as ${JSON.stringify(coded)} (RFC 4648 §10)`, () =>
			assert.equal(toBase64(ascii(text)), coded));
	}
});

describe("base/hex", () => {
	it("writes octets, and knows its own digits", () => {
		assert.equal(toHex(new Uint8Array([0, 10, 255])), "000aff");
		assert.ok(isHex("000aff", 6));
		for (const text of ["000aff0", "000aFF", "000ag0", "00 aff"]) assert.equal(isHex(text, 6), false, text);
	});
});
