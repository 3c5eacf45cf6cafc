import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { CAMERA_SETTINGS, parseCameraSettings } from "../../../src/settings/camera-settings";
import { KEPT_SETTINGS, keepSettings, readKeptSettings } from "../../../src/settings/kept-settings";
import { parseSetting } from "../../../src/settings/setting";
import { assertLinearTime } from "../../support/linear-time";
import { mutate } from "../../support/mutate";

/** The most letters that are kept; the store takes 4,000 octets. */
const TEXT_MAX = 2000;
const WHOLE = `http-port 8123
port-layout same
representative-ports 8080,18080, 28080
host-name cams.example.org
priority 7
succession port-order
heartbeat 500
lan-without-password on`;

const read = (text: string | undefined) => Object.fromEntries(readKeptSettings(text));

function keep(text: string | undefined, changes: Readonly<Record<string, string>>): string {
	const result = keepSettings(text, new Map(Object.entries(changes)));
	return "text" in result ? result.text : `FAULT ${result.fault}`;
}

/** True: the program could start with it. */
function isValue(name: string, value: string): boolean {
	const setting = CAMERA_SETTINGS.find((s) => s.name === name);
	return KEPT_SETTINGS.includes(name) && setting !== undefined && parseSetting(setting, value) !== undefined;
}

describe("settings/kept-settings", () => {
	it("are settings of the camera, and none of them is secret", () => {
		for (const name of KEPT_SETTINGS) {
			const setting = CAMERA_SETTINGS.find((s) => s.name === name);
			assert.ok(setting !== undefined && setting.secret !== true, name);
		}
		assert.deepEqual(Object.keys(read(WHOLE)).sort(), [...KEPT_SETTINGS].sort());
	});

	const texts: [string, string | undefined, Record<string, string>][] = [
		["nothing", undefined, {}],
		["an empty text", "", {}],
		["lines", "http-port 8123\npriority 7", { "http-port": "8123", priority: "7" }],
		["empty lines", "\n\npriority 7\n\n", { priority: "7" }],
		["the last of two values", "priority 7\npriority 8", { priority: "8" }],
		["a value that is fine after one that is broken", "priority x\npriority 8", { priority: "8" }],
		["lines between broken ones", "http-port 0\npriority 7\nheartbeat 1", { priority: "7" }],
		["no value out of its range", "http-port 65536\npriority 256\nheartbeat 49", {}],
		["no word that is none of the choice", "port-layout other\nsuccession\nlan-without-password maybe", {}],
		["no setting that there is not", "nonsense 1\n__proto__ 1\nconstructor 1", {}],
		["no setting that is secret", "password abcdefgh\nfleet-key only-these-three-cameras", {}],
		["no setting that can't be kept", "mapping off\nviewers 100", {}],
		["no line without a space", "priority\nhttp-port\t8000", {}],
		["no line with more spaces", " priority 7\npriority  7\npriority 7 ", {}],
		["no lines of Windows", "priority 7\r\n", {}],
		["nothing after 2000 letters", `priority 7\n${"#".repeat(TEXT_MAX)}\nhttp-port 8123`, { priority: "7" }],
	];
	for (const [title, text, settings] of texts) it(`reads ${title}`, () => assert.deepEqual(read(text), settings));

	const changes: [string, string | undefined, Record<string, string>, string | RegExp][] = [
		["the first change", undefined, { "http-port": "8123" }, "http-port 8123"],
		["a change of what is kept", "http-port 8123\npriority 7", { "http-port": "8124" }, "http-port 8124\npriority 7"],
		[
			"several changes",
			"priority 7",
			{ "http-port": "8123", heartbeat: "500" },
			"priority 7\nhttp-port 8123\nheartbeat 500",
		],
		["a value with spaces around it", "", { "host-name": " cams.example.org " }, "host-name cams.example.org"],
		["a list with spaces in it", "", { "representative-ports": "80, 81" }, "representative-ports 80, 81"],
		[
			"an empty value, as if it had never been changed",
			"http-port 8123\npriority 7",
			{ "http-port": " " },
			"priority 7",
		],
		["an empty value where there is nothing", "", { "http-port": "" }, ""],
		["no change", "http-port 8123", {}, "http-port 8123"],
		["changes, and nothing that was broken", "http-port x\nnonsense", { priority: "7" }, "priority 7"],
		["no value that is wrong", "", { priority: "7", "http-port": "65536" }, /^FAULT .*http-port.*65535/],
		["no setting that there is not", "", { nonsense: "1" }, /^FAULT .*nonsense/],
		["no name that is endless", "", { ["n".repeat(5000)]: "1" }, /^FAULT .{1,200}$/],
		["no password", "", { password: "abcdefgh" }, /^FAULT .*password/],
		["no key", "", { "fleet-key": "only-these-three-cameras" }, /^FAULT .*fleet-key/],
		["no setting that the page does not have", "", { viewers: "100" }, /^FAULT .*viewers/],
		["no value in two lines", "", { "representative-ports": "8080,\n18080" }, /^FAULT .*representative-ports/],
		["no second setting in a value", "", { "host-name": "cam\npriority 7" }, /^FAULT .*host-name/],
	];
	for (const [title, text, given, wanted] of changes) {
		it(`keeps ${title}`, () => {
			const got = keep(text, given);
			if (typeof wanted === "string") assert.equal(got, wanted);
			else assert.match(got, wanted);
			assert.ok(!got.startsWith("FAULT") || !got.includes("only-these"), "no secret in the words");
		});
	}

	it("are read without an exception however the text was changed, and are values that the program takes", () => {
		for (let seed = 0; seed < 4000; seed++) {
			const random = new Prng(seed);
			const text = mutate(random, WHOLE, "0123456789,- \n\r\u0000abchpt");
			const kept = readKeptSettings(text);
			for (const [name, value] of kept) assert.ok(isValue(name, value), `seed ${seed}: ${name} ${value}`);
			assert.deepEqual(parseCameraSettings(kept).faults, [], `seed ${seed}`);
		}
	});

	it("are kept so that they are read again as they were given, or refused in words", () => {
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
			const result = keepSettings(before, given);
			if ("fault" in result) {
				refused++;
				assert.ok(result.fault.length > 0 && result.fault.length < 300, `seed ${seed}`);
				continue;
			}
			const wanted = readKeptSettings(before);
			for (const [name, value] of given)
				if (value.trim() === "") wanted.delete(name);
				else wanted.set(name, value.trim());
			assert.deepEqual(readKeptSettings(result.text), wanted, `seed ${seed}: ${JSON.stringify(result.text)}`);
			assert.equal(keep(result.text, {}), result.text, `seed ${seed}`);
			assert.ok(result.text.length <= TEXT_MAX);
		}
		assert.ok(refused > 200 && refused < 3500, `${refused} were refused`);
	});

	it("take a time that grows with the text, however long it is", () => {
		assertLinearTime(() => {
			for (const piece of ["\n", " ", "priority 7\n", "priority ", ",", "8080,", "-", "0"]) {
				const text = piece.repeat(40000);
				assert.ok(readKeptSettings(text).size < 2);
				keepSettings(text, new Map([["priority", "8"]]));
				for (const name of KEPT_SETTINGS) {
					const result = keepSettings("", new Map([[name, text]]));
					assert.ok("fault" in result || result.text.length <= TEXT_MAX, name);
				}
			}
		});
	});
});
