import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { formatIpv4 } from "../../../src/core/ipv4";
import { FleetKey } from "../../../src/fleet/fleet-key";

const secret = createHash("sha256").update("porthole fleet key only-these-three-cameras").digest();

const HERE = "192.168.0.11";

describe("fleet/fleet-key", () => {
	const key = new FleetKey("only-these-three-cameras");

	it("seals with HMAC-SHA-256 over the message without its code and the sender's address, truncated to 16 octets (RFC 2104 §5)", () => {
		const bytes = new Uint8Array(80).map((_, i) => i);
		key.seal(bytes, 80, "192.168.0.254");
		const signed = Buffer.concat([bytes.subarray(0, 64), Buffer.from([192, 168, 0, 254])]);
		const code = createHmac("sha256", secret).update(signed).digest().subarray(0, 16);
		assert.deepEqual(Buffer.from(bytes.subarray(64)), code);
		assert.ok(key.check(bytes, "192.168.0.254"));
	});

	it("refuses a message with any bit changed, from another address, under another key, or too short", () => {
		const bytes = new Uint8Array(60).fill(7);
		key.seal(bytes, 60, HERE);
		for (let bit = 0; bit < 60 * 8; bit++) {
			bytes[bit >> 3] ^= 1 << (bit & 7);
			assert.equal(key.check(bytes, HERE), false, `bit ${bit}`);
			bytes[bit >> 3] ^= 1 << (bit & 7);
		}
		for (let bit = 0; bit < 32; bit++) {
			const address = formatIpv4((0xc0a8000b ^ (1 << bit)) >>> 0);
			assert.equal(key.check(bytes, address), false, address);
		}
		for (const address of ["", "::1", "192.168.0.11 ", "192.168.0.256", "11.0.168.192", "0.0.0.0"])
			assert.equal(key.check(bytes, address), false, address);
		assert.ok(key.check(bytes, HERE));
		assert.equal(new FleetKey("only-these-three-camerаs").check(bytes, HERE), false);
		for (let length = 0; length <= 16; length++) assert.equal(key.check(bytes.subarray(0, length), HERE), false);
	});

	it("has a number that is never 0", () => {
		const numbers = new Set<number>();
		for (let i = 0; i < 500; i++) {
			const { number } = new FleetKey(`0123456789abcdef${i}`);
			assert.ok(number >= 1 && number <= 255);
			numbers.add(number);
		}
		assert.ok(numbers.size > 150);
		assert.equal(new FleetKey("only-these-three-cameras").number, key.number);
	});

	it("masks and unmasks differently for each label", () => {
		const plain = new Uint8Array(100).map((_, i) => i);
		const masked = key.mask("a", plain);
		assert.notDeepEqual(masked, plain);
		assert.deepEqual(key.mask("a", masked), plain);
		assert.notDeepEqual(key.mask("b", plain), masked);
	});

	it("signs text under a label, separately from its other uses", () => {
		const code = createHmac("sha256", secret).update("porthole pass\nowner 5").digest("hex").slice(0, 32);
		assert.equal(key.sign("pass", "owner 5"), code);
		assert.ok(key.verify("pass", "owner 5", code));
		const wrong: [string, string, string][] = [
			["pass", "owner 6", code],
			["link", "owner 5", code],
			["pass owner", "5", code],
			["pass", "owner 5", ""],
			["pass", "owner 5", code.slice(1)],
			["pass", "owner 5", `${code}0`],
			["pass", "owner 5", code.toUpperCase()],
			["pass", "owner 5", "é".repeat(32)],
			["pass", "owner 5", `${code[0] === "0" ? "1" : "0"}${code.slice(1)}`],
			["pass", "owner 5", `${code.slice(0, 31)}${code[31] === "0" ? "1" : "0"}`],
		];
		for (const [label, text, hex] of wrong) assert.equal(key.verify(label, text, hex), false, hex);
		assert.equal(new FleetKey("another-fleet-of-cameras").verify("pass", "owner 5", code), false);
	});
});
