import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	choice,
	type Definition,
	expectedOf,
	formatValue,
	integer,
	onOff,
	parseValue,
	placeholderOf,
	port,
	ports,
	range,
	set,
	text,
} from "../../../src/settings/setting";
import { mutate } from "../../support/mutate";

const help = "for tests";
const KINDS = {
	text: text({ help, expected: "text" }),
	checked: text({ help, expected: "a or b", check: (value) => value === "a" || value === "b", default: "a" }),
	integer: integer({ help, min: 10, max: 9999999999, default: 10 }),
	seconds: integer({ help, min: 0, max: 60, default: 5, unit: "seconds" }),
	port: port({ help, default: 8000 }),
	switch: onOff({ help, default: true }),
	choice: choice({ help, of: ["one", "two"], default: "two" }),
	set: set({ help, of: ["one", "two", "three"], default: ["three", "one"] }),
	ports: ports({ help, most: 3, default: [8080, 18080] }),
	range: range({ help, min: 1, max: 3600, default: [5, 10], unit: "seconds" }),
} satisfies Record<string, Definition>;

type Kind = keyof typeof KINDS;

describe("settings/setting", () => {
	const good: [Kind, string, unknown][] = [
		["text", "", ""],
		["text", " any\ntext ", " any\ntext "],
		["checked", "b", "b"],
		["integer", "10", 10],
		["integer", "0010", 10],
		["integer", "9999999999", 9999999999],
		["port", "65535", 65535],
		["switch", "on", true],
		["switch", "true", true],
		["switch", "off", false],
		["switch", "false", false],
		["choice", "one", "one"],
		["set", "one", ["one"]],
		["set", " two , one", ["two", "one"]],
		["ports", "1,65535, 80", [1, 65535, 80]],
		["range", "7", [7, 7]],
		["range", "7-7", [7, 7]],
		["range", "1 - 3600", [1, 3600]],
	];
	for (const [kind, given, value] of good) {
		it(`parses ${kind} ${JSON.stringify(given)}`, () => assert.deepEqual(parseValue(KINDS[kind], given), value));
	}

	const bad: [Kind, string][] = [
		["checked", ""],
		["checked", "a "],
		["integer", "9"],
		["integer", ""],
		["integer", " 10"],
		["integer", "+10"],
		["integer", "1e3"],
		["integer", "0x10"],
		["integer", "10.5"],
		["integer", "10000000000"],
		["integer", "00000000010"],
		["port", "0"],
		["port", "65536"],
		["switch", "yes"],
		["switch", ""],
		["switch", "ON"],
		["choice", "three"],
		["choice", ""],
		["choice", "constructor"],
		["set", ""],
		["set", "one,"],
		["set", "one,four"],
		["ports", ""],
		["ports", "1,1"],
		["ports", "1,2,3,4"],
		["ports", "1,0"],
		["range", ""],
		["range", "-5"],
		["range", "5-"],
		["range", "10-5"],
		["range", "1-2-3"],
		["range", "0-5"],
	];
	for (const [kind, given] of bad) {
		it(`refuses ${kind} ${JSON.stringify(given)}`, () => assert.equal(parseValue(KINDS[kind], given), undefined));
	}

	it("parses what it has written, for any accepted text", () => {
		const samples = ["10", "8000", "on", "false", "one", "two,three", "80, 8080", "5-10", "a"];
		let accepted = 0;
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const sample = mutate(random, samples[random.below(samples.length)], "0159-, aeno");
			for (const setting of Object.values(KINDS)) {
				const value = parseValue(setting, sample);
				if (value === undefined) continue;
				accepted++;
				assert.deepEqual(parseValue(setting, formatValue(setting, value)), value, `seed ${seed}: ${sample}`);
			}
		}
		assert.ok(accepted > 3000, `${accepted} were accepted`);
	});

	const words: [Kind, string, string][] = [
		["text", "TEXT", "text"],
		["integer", "N", "a number from 10 to 9999999999"],
		["seconds", "SECONDS", "a number of seconds from 0 to 60"],
		["port", "PORT", "a number from 1 to 65535"],
		["switch", "on|off", '"on" or "off"'],
		["choice", "one|two", "one of one, two"],
		["set", "WORD,…", "one or more of one, two, three, separated by commas"],
		["ports", "PORT,…", "1 to 3 different ports from 1 to 65535, separated by commas"],
		[
			"range",
			"SECONDS[-SECONDS]",
			"a number of seconds from 1 to 3600, or two with a hyphen between them, the smaller first",
		],
	];
	for (const [kind, placeholder, expected] of words) {
		it(`describes ${kind}`, () => {
			assert.deepEqual([placeholderOf(KINDS[kind]), expectedOf(KINDS[kind])], [placeholder, expected]);
		});
	}

	it("is frozen, so that it lies in flash on a device", () => {
		for (const [kind, setting] of Object.entries(KINDS)) {
			assert.ok(Object.isFrozen(setting), kind);
			for (const value of Object.values(setting)) assert.ok(typeof value !== "object" || Object.isFrozen(value), kind);
		}
	});
});
