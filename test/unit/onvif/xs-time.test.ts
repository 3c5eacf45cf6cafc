import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { formatDateTime, parseDateTime, parseDuration } from "../../../src/onvif/xs-time";
import { mutate } from "../../support/mutate";

describe("onvif/xs-time", () => {
	it("reads spans without years and months", () => {
		for (const [text, value] of [
			["PT60S", 60_000],
			["PT1.5S", 1500],
			["P1DT2H3M4S", 93_784_000],
			["PT10M", 600_000],
			["P2D", 172_800_000],
			["PT0S", 0],
			["P", undefined],
			["PT", undefined],
			["P1Y", undefined],
			["P1M", undefined],
			["-PT1S", undefined],
			["PT1S1M", undefined],
			["60", undefined],
			["", undefined],
		] as const)
			assert.equal(parseDuration(text), value, text);
	});

	it("reads points in time with any zone", () => {
		const at = Date.UTC(2026, 10, 27, 17, 40);
		for (const [text, value] of [
			["2026-11-27T17:40:00Z", at],
			["2026-11-27T17:40:00", at],
			["2026-11-27T18:40:00.25+01:00", at + 250],
			["2026-11-27T12:10:00-05:30", at],
			["2026-02-31T00:00:00Z", undefined],
			["2026-13-01T00:00:00Z", undefined],
			["2026-11-27T25:00:00Z", undefined],
			["2026-11-27 17:40:00Z", undefined],
			["2026-11-27T17:40:00+99:00", undefined],
			["", undefined],
		] as const)
			assert.equal(parseDateTime(text), value, text);
		assert.equal(parseDateTime(formatDateTime(at + 7)), at + 7);
	});

	it("never returns anything but a finite number or nothing (seeded mutations)", () => {
		const prng = new Prng(9);
		for (let i = 0; i < 3000; i++) {
			for (const value of [
				parseDuration(mutate(prng, "P1DT2H3M4.5S", "PDTHMS.0123456789")),
				parseDateTime(mutate(prng, "2026-11-27T18:40:00.25+01:00", "0123456789-:.TZ+")),
			])
				assert.ok(value === undefined || Number.isFinite(value));
		}
	});
});
