import assert from "node:assert/strict";
import {
	defaultsOf,
	findSetting,
	mergeSchemas,
	parseSettings,
	pickGiven,
	schema,
	settingsOf,
	type ValuesOf,
} from "../../../src/settings/schema";
import { choice, integer, onOff, range, text } from "../../../src/settings/setting";

const help = "for tests";
const FIRST = schema(
	"First",
	{
		low: integer({ help, min: 0, max: 9, default: 1 }),
		high: integer({ help, min: 0, max: 9, default: 2 }),
		httpPort2: integer({ help, min: 1, max: 9, default: 3 }),
	},
	({ low, high }) => (low > high ? { field: "low", problem: "must not be greater than high" } : undefined),
);
const SECOND = schema("Second", {
	mode: choice({ help, of: ["slow", "fast"], default: "slow" }),
	secretKey: text({ help, secret: true, expected: "a key", check: (value) => value.length !== 3 }),
	digestMd5: onOff({ help, default: false }),
	wait: range({ help, min: 1, max: 5, default: [2, 3] }),
});
const BOTH = mergeSchemas(FIRST, SECOND);

const parse = (given: Record<string, string>) => parseSettings(BOTH, new Map(Object.entries(given)));
const messages = (given: Record<string, string>) => parse(given).faults.map(({ message }) => message);

describe("settings/schema", () => {
	it("infers the types of values", () => {
		const values: ValuesOf<typeof BOTH> = defaultsOf(BOTH);
		const low: number = values.low;
		const mode: "slow" | "fast" = values.mode;
		const wait: readonly [number, number] = values.wait;
		// @ts-expect-error: only the words of the choice
		const other: "other" = values.mode;
		assert.deepEqual([low, mode, wait, other], [1, "slow", [2, 3], "slow"]);
	});

	it("derives the name of a setting from its field", () => {
		assert.deepEqual(
			settingsOf(BOTH).map(({ name, field }) => `${field} ${name}`),
			[
				"low low",
				"high high",
				"httpPort2 http-port2",
				"mode mode",
				"secretKey secret-key",
				"digestMd5 digest-md5",
				"wait wait",
			],
		);
		assert.equal(findSetting(BOTH, "digest-md5")?.field, "digestMd5");
		assert.equal(findSetting(BOTH, "digestMd5"), undefined);
	});

	it("joins schemas in order, under their titles", () => {
		assert.deepEqual(
			BOTH.groups.map(({ title }) => title),
			["First", "Second"],
		);
	});

	it("overrides defaults with the given values", () => {
		const { values, faults } = parse({ high: "7", mode: "fast", wait: "4" });
		assert.deepEqual(values, {
			low: 1,
			high: 7,
			httpPort2: 3,
			mode: "fast",
			secretKey: "",
			digestMd5: false,
			wait: [4, 4],
		});
		assert.deepEqual(faults, []);
	});

	it("reports all faults, and gives those settings their defaults", () => {
		assert.deepEqual(messages({ high: "x", mode: "medium", colour: "red" }), [
			'high must be a number from 0 to 9, got "x"',
			'mode must be one of slow, fast, got "medium"',
			'unknown setting "colour"',
		]);
		assert.equal(parse({ high: "x" }).values.high, 2);
	});

	it("checks the fields of a part against each other, once each is acceptable", () => {
		assert.deepEqual(messages({ low: "5" }), ["low must not be greater than high"]);
		assert.deepEqual(messages({ low: "5", "http-port2": "0" }), ['http-port2 must be a number from 1 to 9, got "0"']);
		assert.deepEqual(messages({ low: "5", mode: "x" }), [
			"low must not be greater than high",
			'mode must be one of slow, fast, got "x"',
		]);
	});

	it("names the source of a value", () => {
		const given = new Map([
			["low", { text: "8", from: "--low" }],
			["wait", { text: "9", from: '/etc/x.json: "wait"' }],
		]);
		assert.deepEqual(
			parseSettings(BOTH, given).faults.map(({ message }) => message),
			[
				"--low must not be greater than high",
				'/etc/x.json: "wait" must be a number from 1 to 5, or two with a hyphen between them, the smaller first, got "9"',
			],
		);
	});

	it("shows no secret, and no more than the start of a long value", () => {
		assert.deepEqual(messages({ "secret-key": "abc" }), ["secret-key must be a key"]);
		assert.equal(messages({ mode: "m".repeat(5000) })[0].length < 120, true);
	});

	it("picks the settings of a schema", () => {
		const given = new Map([
			["low", "1"],
			["mode", "fast"],
			["__proto__", "x"],
		]);
		assert.deepEqual([...pickGiven(SECOND, given)], [["mode", "fast"]]);
	});

	it("is frozen, so that it lies in flash on a device", () => {
		for (const part of [BOTH, BOTH.groups, ...BOTH.groups, ...BOTH.groups.map(({ settings }) => settings)]) {
			assert.ok(Object.isFrozen(part));
		}
		for (const setting of settingsOf(BOTH)) assert.ok(Object.isFrozen(setting), setting.name);
	});
});
