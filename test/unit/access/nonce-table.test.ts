import assert from "node:assert/strict";
import { NonceTable } from "../../../src/access/nonce-table";
import { Prng } from "../../../src/base/prng";

function table(seed = 1): NonceTable {
	const random = new Prng(seed);
	return new NonceTable({ fill: (bytes) => bytes.set(bytes.map(() => random.below(256))) });
}

describe("access/nonce-table", () => {
	it("issues different nonces within the same millisecond", () => {
		const nonces = table();
		const issued = new Set(Array.from({ length: 1000 }, () => nonces.issue(5)));
		assert.equal(issued.size, 1000);
		for (const nonce of [...issued].slice(-60)) assert.ok(nonces.use(5, nonce, 1));
	});

	it("accepts its nonces for at least four and a half and at most five minutes", () => {
		const nonces = table();
		for (const at of [0, 29999, 30000, 123456]) {
			const nonce = nonces.issue(at);
			assert.ok(nonces.use(at + 270000, nonce, 1), `${at}`);
			assert.equal(nonces.use(at + 300001, nonce, 2), false);
			assert.equal(nonces.use(at - 60000, nonces.issue(at), 1), false, "from the future");
		}
		assert.equal(nonces.use(5, table(2).issue(5), 1), false, "of another table");
	});

	it("rejects forged nonces", () => {
		const nonces = table();
		const nonce = nonces.issue(0);
		const [head, code] = nonce.split(".");
		for (const other of [
			"",
			".",
			"-",
			head,
			`${head}.`,
			`${head}.${code.slice(1)}`,
			`${head}.${code.slice(0, -1)}g`,
			`1-0.${code}`,
			`0-1.${code}`,
			`0-zz.${code}`,
			`-1-0.${code}`,
			`NaN-0.${code}`,
			"x".repeat(100),
		])
			assert.equal(nonces.use(0, other, 1), false, other);
		assert.ok(nonces.use(0, nonce, 1));
	});

	it("remembers 64 used nonces, and rejects older ones rather than accept one twice", () => {
		const nonces = table();
		const issued = Array.from({ length: 66 }, () => nonces.issue(0));
		for (const nonce of issued) assert.ok(nonces.use(0, nonce, 1));
		assert.equal(nonces.use(0, issued[0], 1), false);
		assert.equal(nonces.use(0, issued[0], 2), false, "its counts are forgotten");
		assert.ok(nonces.use(0, issued[65], 2));
	});
});
