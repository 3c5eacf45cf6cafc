import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { readLogout, writeLogout } from "../../../src/fleet/logout-notice";
import { mutate } from "../../support/mutate";

const ENDED = { session: "o0123456789abcdef", until: 1795000000 };

describe("fleet/logout-notice", () => {
	it("carries a session and its end", () => {
		assert.deepEqual(readLogout(writeLogout(ENDED)), ENDED);
		assert.deepEqual(readLogout(writeLogout({ session: "vfedcba9876543210", until: 1.5 })), {
			session: "vfedcba9876543210",
			until: 2,
		});
	});

	for (const text of [
		"",
		" ",
		"o0123456789abcdef",
		"o0123456789abcdef 0",
		"o0123456789abcdef -5",
		"o0123456789abcdef 5 5",
		"x0123456789abcdef 5",
		"o0123456789abcde 5",
		"o0123456789ABCDEZ 5",
		`o0123456789abcdef ${"z".repeat(40)}`,
	])
		it(`refuses "${text.slice(0, 24)}"`, () => assert.equal(readLogout(utf8Encode(text)), undefined));

	it("refuses what is missing", () => assert.equal(readLogout(undefined), undefined));

	it("reads anything without an exception, and only sessions", () => {
		const whole = "v0123456789abcdef t2fk5c";
		for (let seed = 0; seed < 2000; seed++) {
			const ended = readLogout(utf8Encode(mutate(new Prng(seed), whole, "ov09afz -.\u0000\u20ac")));
			if (ended === undefined) continue;
			assert.match(ended.session, /^[ov][0-9a-f]{16}$/i, `seed ${seed}`);
			assert.ok(ended.until > 0, `seed ${seed}`);
		}
	});
});
