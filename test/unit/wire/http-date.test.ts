import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { httpDate, parseHttpDate } from "../../../src/wire/http-date";
import { mutate } from "../../support/mutate";

const AT = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("wire/http-date", () => {
	// RFC 9110 §5.6.7
	const dates: [string, number | undefined][] = [
		["Sun, 06 Nov 1994 08:49:37 GMT", AT],
		["Sunday, 06-Nov-94 08:49:37 GMT", AT],
		["Sun Nov  6 08:49:37 1994", AT],
		["Sun Nov 16 08:49:37 1994", AT + 10 * 86_400_000],
		["Thu, 01-Jan-26 00:00:00 GMT", Date.UTC(2026, 0, 1)],
		["Thu, 01 Jan 1970 00:00:00 GMT", 0],
		["Sun, 06 Nov 1994 08:49:37 CET", undefined],
		["Sun, 06 Nov 1994 08:49:37", undefined],
		["Sun, 06 Nov 1994 24:49:37 GMT", undefined],
		["Sun, 06 Nov 1994 08:60:37 GMT", undefined],
		["Sun, 06 Nov 1994 8:49:37 GMT", undefined],
		["Sun, 32 Nov 1994 08:49:37 GMT", undefined],
		["Sun, 00 Nov 1994 08:49:37 GMT", undefined],
		["Sun, 06 Nox 1994 08:49:37 GMT", undefined],
		["Sun, 06 ovD 1994 08:49:37 GMT", undefined],
		["Sun, 06 Nov 199 08:49:37 GMT", undefined],
		["Sun, 06 Nov +994 08:49:37 GMT", undefined],
		["yesterday", undefined],
		["", undefined],
		[",,,,", undefined],
	];
	for (const [text, utc] of dates) {
		it(`${utc === undefined ? "refuses" : "reads"} ${JSON.stringify(text)}`, () =>
			assert.equal(parseHttpDate(text), utc));
	}

	it("reads back what it has formatted", () => {
		for (let seed = 0; seed < 1000; seed++) {
			const utc = new Prng(seed).below(4_102_444_800) * 1000;
			assert.equal(parseHttpDate(httpDate(utc)), utc);
		}
	});

	it("never throws, and returns whole seconds or nothing, for any input", () => {
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const utc = parseHttpDate(mutate(random, dates[random.below(3)][0], " ,:-0123456789GMTNov"));
			assert.ok(utc === undefined || utc % 1000 === 0, `seed ${seed}`);
		}
	});
});
