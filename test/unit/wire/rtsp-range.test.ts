import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { formatClockRange, formatNptRange, parseRtspRange } from "../../../src/wire/rtsp-range";
import { mutate } from "../../support/mutate";

const DAY = Date.UTC(1996, 10, 8);
const AT = DAY + ((14 * 60 + 23) * 60 + 7) * 1000;

const CASES: readonly (readonly [string, unknown])[] = [
	["npt=0.000-", { unit: "npt", from: 0, to: undefined }],
	["npt=10-20.5", { unit: "npt", from: 10, to: 20.5 }],
	["npt=-20", { unit: "npt", from: undefined, to: 20 }],
	["npt=now-", { unit: "npt", from: "now", to: undefined }],
	["NPT = Now - ", { unit: "npt", from: "now", to: undefined }],
	["npt=00:01:02.5-1:00:00", { unit: "npt", from: 62.5, to: 3600 }],
	// VLC and some cameras leave the hyphen out.
	["npt=5", { unit: "npt", from: 5, to: undefined }],
	["npt=.5-", { unit: "npt", from: 0.5, to: undefined }],
	["clock=19961108T142307Z-", { unit: "clock", from: AT, to: undefined }],
	["clock=19961108T142307.25Z-19961108T142308Z", { unit: "clock", from: AT + 250, to: AT + 1000 }],
	["smpte=10:12:33:20-", { unit: "other" }],
	["smpte-30-drop=10:07:00-10:07:33:05.01", { unit: "other" }],
	["npt=0-;time=19970123T153600Z", { unit: "other" }],
	["bytes=0-5", { unit: "other" }],
];

const REFUSED = [
	"",
	"npt",
	"npt=",
	"npt=-",
	"=0-",
	"npt=a-",
	"npt=1e3-",
	"npt=-5-",
	"npt=+5-",
	"npt=0-now",
	"npt=1:60:00-",
	"npt=1:00:60-",
	"npt=1:2-",
	"npt=1:2:3:4-",
	"npt=99999999999-",
	"clock=19960231T000000Z-",
	"clock=19961108T250000Z-",
	"clock=19961108T142307-",
	"clock=19961108T142307,5Z-",
	"clock=-19961108T142307Z",
	`npt=${"0".repeat(130)}-`,
];

describe("wire/rtsp-range", () => {
	for (const [field, wanted] of CASES) {
		it(`reads ${field}`, () => assert.deepEqual(parseRtspRange(field), wanted));
	}

	for (const field of REFUSED) {
		it(`refuses ${field.slice(0, 40) || "an empty field"}`, () => assert.equal(parseRtspRange(field), undefined));
	}

	it("writes ranges that it reads again", () => {
		assert.equal(formatNptRange(0), "npt=0.000-");
		assert.equal(formatNptRange(1.5, 1000000), "npt=1.500-1000000.000");
		assert.equal(formatNptRange("now"), "npt=now-");
		assert.equal(formatClockRange(AT + 250, AT + 1000), "clock=19961108T142307.250Z-19961108T142308.000Z");
		assert.deepEqual(parseRtspRange(formatClockRange(AT)), { unit: "clock", from: AT, to: undefined });
	});

	it("never throws on altered fields, and returns only sound numbers", () => {
		const random = new Prng(12);
		for (let i = 0; i < 5000; i++) {
			const range = parseRtspRange(mutate(random, CASES[random.below(CASES.length)][0], "npt=clock0123456789-:.TZ;"));
			if (range === undefined || range.unit === "other") continue;
			for (const value of [range.from, range.to])
				assert.ok(value === undefined || value === "now" || (Number.isFinite(value) && value >= 0));
		}
	});
});
