import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { CAMERA_SCHEMA } from "../../../src/settings/camera-schema";
import {
	addChanges,
	applyChanges,
	editableSettings,
	editableValues,
	readChanges,
	settingFields,
} from "../../../src/settings/changed-settings";
import { defaultsOf, findSetting, parseSettings } from "../../../src/settings/schema";
import { parseValue } from "../../../src/settings/setting";
import { assertLinearTime } from "../../support/linear-time";
import { mutate } from "../../support/mutate";

/** The longest stored text, in characters; the store takes 4,000 octets. */
const TEXT_MAX = 2000;
const WHOLE = `http-port 8123
port-layout same
representative-ports 8080,18080, 28080
host-name cams.example.org
priority 7
succession port-order
heartbeat 500
lan-without-password on
group Upstairs
viewers 4
uplink 800`;

const NAMES = editableSettings(CAMERA_SCHEMA).map(({ name }) => name);

const read = (text: string | undefined) => Object.fromEntries(readChanges(CAMERA_SCHEMA, text));

function keep(text: string | undefined, changes: Readonly<Record<string, string>>): string {
	const result = addChanges(CAMERA_SCHEMA, text, new Map(Object.entries(changes)));
	return "text" in result ? result.text : `FAULT ${result.fault}`;
}

/** Tells whether the program could start with it. */
function isValue(name: string, value: string): boolean {
	const setting = findSetting(CAMERA_SCHEMA, name);
	return setting?.editable === true && parseValue(setting, value) !== undefined;
}

describe("settings/changed-settings", () => {
	it("has the settings that the pages offer", () => {
		assert.deepEqual(Object.keys(read(WHOLE)).sort(), [...NAMES].sort());
	});

	const texts: [string, string | undefined, Record<string, string>][] = [
		["nothing", undefined, {}],
		["an empty text", "", {}],
		["lines", "http-port 8123\npriority 7", { "http-port": "8123", priority: "7" }],
		["empty lines", "\n\npriority 7\n\n", { priority: "7" }],
		["the last of two values", "priority 7\npriority 8", { priority: "8" }],
		["a good value after a broken one", "priority x\npriority 8", { priority: "8" }],
		["lines between broken ones", "http-port 0\npriority 7\nheartbeat 1", { priority: "7" }],
		["no value outside its range", "http-port 65536\npriority 256\nheartbeat 49", {}],
		["no word that is not one of the choice", "port-layout other\nsuccession\nlan-without-password maybe", {}],
		["no unknown setting", "nonsense 1\n__proto__ 1\nconstructor 1", {}],
		["no secret setting", "password abcdefgh\nfleet-key only-these-three-cameras", {}],
		["no setting that the owner may not change", "mapping off\nconnections 100", {}],
		["no line without a space", "priority\nhttp-port\t8000", {}],
		["no line with extra spaces", " priority 7\npriority  7\npriority 7 ", {}],
		["no line that ends with a carriage return", "priority 7\r\n", {}],
		["nothing after 2000 characters", `priority 7\n${"#".repeat(TEXT_MAX)}\nhttp-port 8123`, { priority: "7" }],
	];
	for (const [title, text, settings] of texts) it(`reads ${title}`, () => assert.deepEqual(read(text), settings));

	const changes: [string, string | undefined, Record<string, string>, string | RegExp][] = [
		["the first change", undefined, { "http-port": "8123" }, "http-port 8123"],
		["a change of a stored value", "http-port 8123\npriority 7", { "http-port": "8124" }, "http-port 8124\npriority 7"],
		[
			"several changes",
			"priority 7",
			{ "http-port": "8123", heartbeat: "500" },
			"priority 7\nhttp-port 8123\nheartbeat 500",
		],
		["a value with spaces around it", "", { "host-name": " cams.example.org " }, "host-name cams.example.org"],
		["a list with spaces in it", "", { "representative-ports": "80, 81" }, "representative-ports 80, 81"],
		["no setting whose new value is empty", "http-port 8123\npriority 7", { "http-port": " " }, "priority 7"],
		["nothing for an empty value that was never changed", "", { "http-port": "" }, ""],
		["no change", "http-port 8123", {}, "http-port 8123"],
		["changes, and drops broken lines", "http-port x\nnonsense", { priority: "7" }, "priority 7"],
		["no wrong value", "", { priority: "7", "http-port": "65536" }, /^FAULT .*http-port.*65535/],
		["no unknown setting", "", { nonsense: "1" }, /^FAULT .*nonsense/],
		["no endless name", "", { ["n".repeat(5000)]: "1" }, /^FAULT .{1,200}$/],
		["no password", "", { password: "abcdefgh" }, /^FAULT .*password/],
		["no key", "", { "fleet-key": "only-these-three-cameras" }, /^FAULT .*fleet-key/],
		["no setting that the page does not offer", "", { connections: "100" }, /^FAULT .*connections/],
		["no value of two lines", "", { "representative-ports": "8080,\n18080" }, /^FAULT .*representative-ports/],
		["no second setting in a value", "", { "host-name": "cam\npriority 7" }, /^FAULT .*host-name/],
	];
	for (const [title, text, given, wanted] of changes) {
		it(`stores ${title}`, () => {
			const got = keep(text, given);
			if (typeof wanted === "string") assert.equal(got, wanted);
			else assert.match(got, wanted);
			assert.ok(!got.startsWith("FAULT") || !got.includes("only-these"), "no secret in the message");
		});
	}

	it("reads any damaged text without an exception, and only values that the program accepts", () => {
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			const text = mutate(random, WHOLE, "0123456789,- \n\r\u0000abchpt");
			const kept = readChanges(CAMERA_SCHEMA, text);
			for (const [name, value] of kept) assert.ok(isValue(name, value), `seed ${seed}: ${name} ${value}`);
			assert.deepEqual(parseSettings(CAMERA_SCHEMA, kept).faults, [], `seed ${seed}`);
		}
	});

	it("reads back its stored changes, or reports why it stores nothing", () => {
		let refused = 0;
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			const before = random.chance(0.5) ? WHOLE : mutate(random, WHOLE, "0,\n");
			const given = new Map<string, string>();
			const lines = WHOLE.split("\n").filter(() => random.chance(0.2));
			const broken = random.below(lines.length + 1);
			for (const [i, line] of lines.entries()) {
				const [name, value] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
				const changed = i === broken ? mutate(random, value, "0189,. \n\n\r\t\u00a0\u2028on") : value;
				given.set(random.chance(0.02) ? mutate(random, name, "-a") : name, random.chance(0.1) ? "" : changed);
			}
			const result = addChanges(CAMERA_SCHEMA, before, given);
			if ("fault" in result) {
				refused++;
				assert.ok(result.fault.length > 0 && result.fault.length < 300, `seed ${seed}`);
				continue;
			}
			const wanted = readChanges(CAMERA_SCHEMA, before);
			for (const [name, value] of given)
				if (value.trim() === "") wanted.delete(name);
				else wanted.set(name, value.trim());
			assert.deepEqual(readChanges(CAMERA_SCHEMA, result.text), wanted, `seed ${seed}: ${JSON.stringify(result.text)}`);
			assert.equal(keep(result.text, {}), result.text, `seed ${seed}`);
			assert.ok(result.text.length <= TEXT_MAX);
		}
		assert.ok(refused > 200 && refused < 3500, `${refused} were refused`);
	});

	it("takes time in proportion to the length of the text", () => {
		assertLinearTime(() => {
			for (const piece of ["\n", " ", "priority 7\n", "priority ", ",", "8080,", "-", "0"]) {
				const text = piece.repeat(40000);
				assert.ok(readChanges(CAMERA_SCHEMA, text).size < 2);
				addChanges(CAMERA_SCHEMA, text, new Map([["priority", "8"]]));
				for (const name of NAMES) {
					const result = addChanges(CAMERA_SCHEMA, "", new Map([[name, text]]));
					assert.ok("fault" in result || result.text.length <= TEXT_MAX, name);
				}
			}
		});
	});

	describe("at the start", () => {
		const start = (given: Record<string, string>, text?: string) =>
			applyChanges(CAMERA_SCHEMA, new Map(Object.entries(given)), text);

		it("overrides the given settings with the owner's changes", () => {
			const { values, ignored } = start({ "http-port": "8100", fleet: "7" }, "http-port 8200\npriority 9");
			assert.deepEqual([values.httpPort, values.fleet, values.priority], [8200, 7, 9]);
			assert.deepEqual(ignored, []);
		});

		it("tells which given values the owner's changes replace", () => {
			const given = {
				"http-port": { text: "8010", from: "--http-port" },
				priority: { text: "9", from: "PORTHOLE_PRIORITY" },
			};
			const { values, replaced } = applyChanges(
				CAMERA_SCHEMA,
				new Map(Object.entries(given)),
				"http-port 8000\npriority 9\nheartbeat 500",
			);
			assert.equal(values.httpPort, 8000);
			assert.deepEqual(replaced, [
				"http-port is 8000, as changed on the settings page, in place of 8010 (--http-port).",
			]);
			assert.deepEqual(start({}, "http-port 8000").replaced, []);
		});

		it("ignores changes that contradict the given settings, and says so", () => {
			const url = { "dynamic-dns-url": "https://dyn.example/?n={name}", "host-name": "a.example" };
			assert.deepEqual(start(url, "http-port 8200").ignored, []);
			const { values, ignored } = start({ "tls-key": "/k.pem" }, "http-port 8200");
			assert.equal(values.httpPort, 8000);
			assert.equal(ignored.length, 1);
		});
	});

	it("describes the settings to programs", () => {
		const fields = settingFields(CAMERA_SCHEMA);
		assert.deepEqual(
			fields.map(({ name }) => name),
			NAMES,
		);
		const [port] = fields.filter(({ name }) => name === "http-port");
		assert.deepEqual([port.type, port.example], ["number", 8000]);
		assert.match(port.about, /^port on which .* \(a number from 1 to 65535\)$/);
		for (const { name, example } of fields) assert.ok(isValue(name, `${example}`), name);
	});

	it("writes the values in use as it reads them", () => {
		const texts = editableValues(CAMERA_SCHEMA, defaultsOf(CAMERA_SCHEMA));
		assert.deepEqual(Object.keys(texts), NAMES);
		assert.equal(texts["representative-ports"], "8080,18080,28080");
		assert.equal(texts["lan-without-password"], "off");
	});
});
