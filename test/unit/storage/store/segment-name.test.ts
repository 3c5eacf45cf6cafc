import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { DAY } from "../../../../src/core/time";
import type { GapReason } from "../../../../src/storage/recording";
import {
	dayFolder,
	dayName,
	parseDayName,
	parsePartName,
	parseSegmentName,
	parseSegmentPath,
	partName,
	type SegmentFacts,
	segmentName,
} from "../../../../src/storage/store/segment-name";
import { mutate } from "../../../support/mutate";

const GAPS: readonly (GapReason | undefined)[] = [undefined, "off", "waiting", "source", "storage", "crash", "clock"];
const START = Date.UTC(2026, 10, 26, 17, 40, 0, 7);
const FACTS: SegmentFacts = {
	start: START,
	duration: 599_964,
	pictures: 3000,
	width: 640,
	height: 480,
	encoding: "JPEG",
	gap: "off",
};

describe("storage/store/segment-name", () => {
	it("writes names that people can read (STR-13)", () => {
		assert.equal(segmentName(FACTS), "17-40-00.007_599964ms_3000p_640x480_jpeg_off.mkv");
		assert.equal(
			segmentName({ ...FACTS, encoding: "H264", gap: undefined }),
			"17-40-00.007_599964ms_3000p_640x480_h264.mkv",
		);
		assert.equal(partName(START), "17-40-00.007.mkv.part");
		assert.equal(dayFolder("front-door", START), "recordings/front-door/2026-11-26");
	});

	it("reads what it has written (STR-13)", () => {
		const prng = new Prng(1);
		for (let i = 0; i < 2000; i++) {
			const start = prng.below(2 ** 31) * 1000 + prng.below(1000);
			const facts: SegmentFacts = {
				start,
				duration: prng.below(900_001),
				pictures: prng.below(100_000),
				width: prng.below(65_536),
				height: prng.below(65_536),
				encoding: prng.chance(0.5) ? "JPEG" : "H264",
				gap: GAPS[prng.below(GAPS.length)],
			};
			const day = parseDayName(dayName(start)) as number;
			assert.equal(day, Math.floor(start / DAY) * DAY);
			assert.deepEqual(parseSegmentName(day, segmentName(facts)), facts);
			assert.equal(parsePartName(day, partName(start)), start);
			assert.equal(`${new Date(start).toISOString().slice(11, 23).replaceAll(":", "-")}.mkv.part`, partName(start));
			const path = `${dayFolder("a", start)}/${segmentName(facts)}`;
			assert.deepEqual(parseSegmentPath(path), { camera: "a", day, start });
		}
	});

	it("refuses any other name (STR-13)", () => {
		const day = Math.floor(START / DAY) * DAY;
		const name = segmentName(FACTS);
		for (const other of [
			"",
			".mkv",
			"a.mkv",
			`${name}.part`,
			`x${name}`,
			name.replace("jpeg", "png"),
			name.replace("off", "why"),
		]) {
			assert.equal(parseSegmentName(day, other), undefined, other);
		}
		for (const other of [
			name.replace("17-", "24-"),
			name.replace("3000p", "3000"),
			name.replace("640x480", "640"),
			name.replace("640", "70000"),
		]) {
			assert.equal(parseSegmentName(day, other), undefined, other);
		}
		assert.equal(parseSegmentName(day, name.replace("599964ms", "900001ms")), undefined, "longer than any segment");
		for (const other of ["", "2026-11-2", "2026-02-30", "2026-13-01", "1969-01-01", "2026/11/26", "....-..-.."]) {
			assert.equal(parseDayName(other), undefined, other);
		}
		for (const other of [
			"",
			"files/a",
			"recordings/a",
			`recordings/../2026-11-26/${name}`,
			`recordings/A/2026-11-26/${name}`,
		]) {
			assert.equal(parseSegmentPath(other), undefined, other);
		}
	});

	it("never takes a changed name for a wrong segment (STR-13)", () => {
		const prng = new Prng(2);
		const day = Math.floor(START / DAY) * DAY;
		for (let i = 0; i < 5000; i++) {
			const name = mutate(prng, segmentName(FACTS), "0123456789-_.mspxjegh24vk");
			const facts = parseSegmentName(day, name);
			if (facts === undefined) continue;
			assert.ok(facts.start >= day && facts.start < day + DAY && facts.duration <= 900_000, name);
			assert.ok(facts.width < 65_536 && facts.height < 65_536 && facts.pictures < 2 ** 32, name);
		}
	});
});
