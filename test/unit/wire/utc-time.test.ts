import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { parseUtc } from "../../../src/wire/utc-time";
import { mutate } from "../../support/mutate";

describe("wire/utc-time", () => {
	const cases: [string, number | undefined][] = [
		["0", 0],
		["1764092400123", 1764092400123],
		["2026-11-25T17:40Z", Date.UTC(2026, 10, 25, 17, 40)],
		["2026-11-25T17:40:03Z", Date.UTC(2026, 10, 25, 17, 40, 3)],
		["2026-11-25T17:40:03.5Z", Date.UTC(2026, 10, 25, 17, 40, 3, 500)],
		["2026-11-25T17:40:03.05Z", Date.UTC(2026, 10, 25, 17, 40, 3, 50)],
		["2026-11-25T17:40:03.123Z", Date.UTC(2026, 10, 25, 17, 40, 3, 123)],
		["2024-02-29T00:00Z", Date.UTC(2024, 1, 29)],
		["", undefined],
		["-1", undefined],
		["1e3", undefined],
		["999999999999999", undefined],
		["2026-11-25T17:40", undefined],
		["2026-11-25T17:40+01:00", undefined],
		["2026-11-25 17:40Z", undefined],
		["2026-11-25T24:00Z", undefined],
		["2026-11-25T17:60Z", undefined],
		["2026-11-25T17:40:60Z", undefined],
		["2026-11-25T17:40:03.Z", undefined],
		["2026-11-25T17:40:03.1234Z", undefined],
		["2026-02-29T00:00Z", undefined],
		["2026-13-01T00:00Z", undefined],
		["2026-11-00T00:00Z", undefined],
		["1969-12-31T23:59Z", undefined],
		["0x10", undefined],
	];
	for (const [text, utc] of cases) {
		it(`reads ${JSON.stringify(text)} as ${utc} (STR-13)`, () => assert.equal(parseUtc(text), utc));
	}

	it("answers anything with a time or nothing, never an exception", () => {
		const random = new Prng(13);
		for (let i = 0; i < 2000; i++) {
			const text = mutate(random, "2026-11-25T17:40:03.5Z", "0123456789-:.TZ+ ");
			const utc = parseUtc(text);
			assert.ok(utc === undefined || (Number.isInteger(utc) && utc >= 0), text);
		}
	});
});
