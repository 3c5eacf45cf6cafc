import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import {
	describeMotion,
	MOTION_DEFAULTS,
	type MotionSettings,
	motionText,
	parseMotionText,
	readMotionForm,
	readZoneForm,
	ZONES_MAX,
} from "../../../../src/storage/motion/motion-settings";
import { mutate } from "../../../support/mutate";

const form = (fields: Record<string, string>) => new Map(Object.entries(fields));
const zone = { use: "watch", name: "Door", left: "10", top: "0", right: "60", bottom: "100" };

describe("storage/motion/motion-settings", () => {
	it("changes what a form names, within limits (STR-26)", () => {
		assert.deepEqual(readMotionForm(form({ on: "off", sensitivity: "100", hold: "300" }), MOTION_DEFAULTS), {
			...MOTION_DEFAULTS,
			isOn: false,
			sensitivity: 100,
			hold: 300,
		});
		for (const [field, value] of [
			["on", "yes"],
			["sensitivity", "0"],
			["sensitivity", "101"],
			["area", ""],
			["pictures", "-1"],
			["hold", "1e2"],
		])
			assert.deepEqual(readMotionForm(form({ [field]: value }), MOTION_DEFAULTS), { field });
	});

	it("describes settings for programs with the names of the forms (STR-26)", () => {
		const settings = readZoneForm(form({ zone: "1", ...zone }), { ...MOTION_DEFAULTS, isOn: false });
		assert.deepEqual(describeMotion(settings as MotionSettings), {
			on: "off",
			sensitivity: 50,
			area: 3,
			pictures: 3,
			hold: 5,
			zones: [{ use: "watch", name: "Door", left: 10, top: 0, right: 60, bottom: 100 }],
		});
	});

	it("adds, changes and removes zones one by one", () => {
		let settings: MotionSettings = MOTION_DEFAULTS;
		const change = (fields: Record<string, string>) => {
			const next = readZoneForm(form(fields), settings);
			assert.ok(!("field" in next), JSON.stringify(next));
			settings = next;
		};
		change({ ...zone, zone: "1" });
		change({ ...zone, zone: "2", use: "ignore", name: "Clock\n" });
		assert.deepEqual(settings.zones[1], { name: "Clock", isIgnored: true, left: 10, top: 0, right: 60, bottom: 100 });
		change({ ...zone, zone: "1", right: "11" });
		assert.equal(settings.zones[0].right, 11);
		change({ zone: "1", use: "none" });
		assert.deepEqual(
			settings.zones.map(({ name }) => name),
			["Clock"],
		);
		for (let number = 2; number <= ZONES_MAX; number++) change({ ...zone, zone: `${number}` });
		assert.deepEqual(readZoneForm(form({ ...zone, zone: `${ZONES_MAX + 1}` }), settings), { field: "zone" });
		assert.deepEqual(parseMotionText(motionText(settings)), settings);
	});

	it("refuses invalid zones", () => {
		for (const [field, value, wrong] of [
			["zone", "3", "zone"],
			["zone", "0", "zone"],
			["use", "perhaps", "use"],
			["left", "60", "right"],
			["bottom", "0", "bottom"],
			["right", "101", "right"],
			["top", "", "top"],
		])
			assert.deepEqual(readZoneForm(form({ ...zone, zone: "1", [field]: value }), MOTION_DEFAULTS), { field: wrong });
	});

	it("parses only what it writes, and never throws (seeded mutations)", () => {
		const random = new Prng(7);
		const zones = [
			{ name: "a&b=c %\n 😀", isIgnored: false, left: 0, top: 0, right: 100, bottom: 50 },
			{ name: "", isIgnored: true, left: 1, top: 2, right: 3, bottom: 4 },
		].map((each) => ({ ...each, name: each.name.replace("\n", " ") }));
		const settings = { ...MOTION_DEFAULTS, zones };
		const text = motionText(settings);
		assert.deepEqual(parseMotionText(text), settings);
		for (let n = 0; n < 5000; n++) {
			const parsed = parseMotionText(mutate(random, text, "&=\n0129%abc"));
			if (parsed !== undefined) assert.deepEqual(parseMotionText(motionText(parsed)), parsed);
		}
	});
});
