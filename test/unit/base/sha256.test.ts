import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { Prng } from "../../../src/base/prng";
import { equalInConstantTime, HmacSha256, Sha256 } from "../../../src/base/sha256";

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}

describe("base/sha256", () => {
	it("agrees with the platform for every length about the block size, also in pieces", () => {
		const random = new Prng(1);
		const hash = new Sha256();
		const digest = new Uint8Array(32);
		for (let length = 0; length < 300; length++) {
			const bytes = new Uint8Array(length).map(() => random.below(256));
			const cut = random.below(length + 1);
			hash.update(bytes, 0, cut).update(bytes, cut).digest(digest);
			assert.equal(hex(digest), createHash("sha256").update(bytes).digest("hex"), `${length} octets`);
		}
	});

	it("computes the codes of RFC 4231", () => {
		const cases: [Buffer, Buffer, string][] = [
			[
				Buffer.alloc(20, 0x0b),
				Buffer.from("Hi There"),
				"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
			],
			[
				Buffer.from("Jefe"),
				Buffer.from("what do ya want for nothing?"),
				"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
			],
			[
				Buffer.alloc(20, 0xaa),
				Buffer.alloc(50, 0xdd),
				"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
			],
			[
				Buffer.alloc(131, 0xaa),
				Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
				"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
			],
		];
		for (const [key, message, code] of cases) assert.equal(hex(new HmacSha256(key).sign(message)), code);
	});

	it("signs part of a buffer like the platform does, again and again", () => {
		const random = new Prng(2);
		const key = Buffer.from("a fleet key of 32 octets or more");
		const hmac = new HmacSha256(key);
		for (let i = 0; i < 200; i++) {
			const bytes = new Uint8Array(random.below(548)).map(() => random.below(256));
			const start = random.below(bytes.length + 1);
			assert.equal(hex(hmac.sign(bytes, start)), createHmac("sha256", key).update(bytes.subarray(start)).digest("hex"));
		}
	});

	it("compares octets", () => {
		const a = Uint8Array.of(1, 2, 3, 4);
		assert.equal(equalInConstantTime(a, 1, Uint8Array.of(2, 3), 0, 2), true);
		assert.equal(equalInConstantTime(a, 1, Uint8Array.of(2, 4), 0, 2), false);
	});
});
