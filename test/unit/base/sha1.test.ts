import assert from "node:assert/strict";
import { crc32 } from "../../../src/base/crc32";
import { toHex } from "../../../src/base/hex";
import { HmacSha1, Sha1 } from "../../../src/base/sha1";

const octets = (text: string) => new Uint8Array(Array.from(text, (letter) => letter.charCodeAt(0)));

function sha1(message: Uint8Array, cut = 0): string {
	const digest = new Uint8Array(20);
	new Sha1().update(message, 0, cut).update(message, cut).digest(digest);
	return toHex(digest);
}

describe("base/sha1", () => {
	it("computes the digests of FIPS 180", () => {
		const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
		assert.equal(sha1(octets("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
		assert.equal(sha1(octets("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
		for (let cut = 0; cut <= two.length; cut++)
			assert.equal(sha1(octets(two), cut), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	});

	it("gives every length about the block size its own digest, in whichever pieces it comes", () => {
		const all = new Uint8Array(140).map((_, i) => (i * 73) & 0xff);
		const sum = new Sha1();
		const digest = new Uint8Array(20);
		for (let length = 0; length <= all.length; length++) {
			const whole = sha1(all.subarray(0, length));
			for (let cut = 0; cut <= length; cut += 7) assert.equal(sha1(all.subarray(0, length), cut), whole, `${length}`);
			sum.update(octets(whole));
		}
		sum.digest(digest);
		assert.equal(toHex(digest), "b3903e98f94b5005ceae45ef0e31049b7b942b84");
	});

	it("computes the codes of RFC 2202 §3, also again with the same object", () => {
		const cases: readonly (readonly [Uint8Array, Uint8Array, string])[] = [
			[new Uint8Array(20).fill(0x0b), octets("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"],
			[octets("Jefe"), octets("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
			[new Uint8Array(20).fill(0xaa), new Uint8Array(50).fill(0xdd), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"],
			[
				new Uint8Array(80).fill(0xaa),
				octets("Test Using Larger Than Block-Size Key - Hash Key First"),
				"aa4ae5e15272d00e95705637ce8a3b55ed402112",
			],
		];
		for (const [key, message, code] of cases) {
			const hmac = new HmacSha1(key);
			assert.equal(toHex(hmac.sign(message)), code);
			assert.equal(toHex(hmac.sign(message)), code);
		}
	});

	it("signs part of a buffer", () => {
		const hmac = new HmacSha1(octets("Jefe"));
		assert.equal(
			toHex(hmac.sign(octets("??what do ya want for nothing?!"), 2, 30)),
			"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
		);
	});
});

describe("base/crc32", () => {
	it("computes the check value of the standard, also within a buffer", () => {
		assert.equal(crc32(octets("123456789")), 0xcbf43926);
		assert.equal(crc32(octets("??123456789?"), 2, 11), 0xcbf43926);
		assert.equal(crc32(new Uint8Array(0)), 0);
	});
});
