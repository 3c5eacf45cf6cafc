import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "../../../hosts/node/data-folder";
import { NODE_SETTINGS } from "../../../hosts/node/node-settings";
import { gatherOptions, helpOf, UsageError } from "../../../hosts/node/options";
import { CAMERA_SETTINGS } from "../../../src/settings/camera-settings";
import { NODE_PROGRAM } from "../../../tools/camera-program";

const SCHEMA = [...NODE_SETTINGS, ...CAMERA_SETTINGS];

function run(...args: string[]): { code: number | null; out: string; err: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [NODE_PROGRAM, ...args], {
		encoding: "utf8",
		timeout: 20_000,
	});
	return { code: status, out: stdout, err: stderr };
}

describe("hosts-node/options", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-options-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const file = (content: string) => {
		const name = join(folder, "settings.json");
		writeFileSync(name, content);
		return name;
	};

	it("lets flags count more than variables, and variables more than the file", () => {
		const config = file(
			'{ "http-port": 1001, "fps": 5, "name": "file", "presence": false, "representative-ports": [1, 2] }',
		);
		const given = gatherOptions(SCHEMA, ["--config", config, "--name=flag"], {
			PORTHOLE_FPS: "6",
			PORTHOLE_NAME: "variable",
		});
		assert.deepEqual(Object.fromEntries(given), {
			"http-port": "1001",
			fps: "6",
			name: "flag",
			presence: "off",
			"representative-ports": "1,2",
		});
	});

	for (const [title, args, words] of [
		["an unknown flag", ["--colour", "red"], /--colour/],
		["a flag without its value", ["--fps"], /--fps/],
		["a word that belongs to nothing", ["hello"], /hello/],
		["a bad value", ["--fps", "many"], /--fps: "many" is not a whole number from 1 to 120/],
		["a file that is not there", ["--config", "/nowhere/x.json"], /no such settings file/],
	] as const) {
		it(`refuses ${title} in words`, () => {
			assert.throws(
				() => gatherOptions(SCHEMA, args, {}),
				(error) => error instanceof UsageError && words.test(error.message),
			);
		});
	}

	for (const [title, content, words] of [
		["that is not JSON", "{", /JSON/],
		["that is no object", "[]", /one JSON object/],
		["with an unknown setting", '{"colour":1}', /no setting "colour"/],
		["with a bad value", '{"fps":0}', /--fps/],
	] as const) {
		it(`refuses a file ${title}`, () => {
			assert.throws(
				() => gatherOptions(SCHEMA, ["--config", file(content)], {}),
				(error) => error instanceof UsageError && words.test(error.message),
			);
		});
	}

	it("explains every setting", () => {
		const help = helpOf(SCHEMA);
		for (const { name } of SCHEMA) assert.ok(help.includes(`--${name} `), name);
	});

	it("gives a data folder to one process only, and takes over from one that died", () => {
		writeFileSync(join(folder, "lock"), "1\n");
		assert.throws(() => lockFolder(folder), /belongs to a camera that is running \(process 1\)/);
		writeFileSync(join(folder, "lock"), "999999999\n");
		lockFolder(folder)();
		lockFolder(folder)();
		assert.throws(() => lockFolder(join(file("{}"), "below-a-file")), UsageError);
	});
});

describe("hosts-node/main", function () {
	this.timeout(120_000);

	it("prints help and version with exit code 0", () => {
		assert.match(run("--help").out, /porthole demo/);
		assert.match(run("camera", "--help").out, /--representative-ports/);
		assert.match(run("--version").out, /^\d+\.\d+\.\d+\n$/);
	});

	it("says how many cameras the demo has, and where", async () => {
		const demo = spawn(process.execPath, [NODE_PROGRAM, "demo", "--port", "58180"]);
		let out = "";
		demo.stdout.on("data", (data: Buffer) => {
			out += data.toString();
			if (out.includes("Open ")) demo.kill();
		});
		await once(demo, "close");
		assert.match(out, /A virtual router and 3 cameras .*\nOpen http:\/\/localhost:58180\//);
	});

	for (const [args, words] of [
		[[], /Say what to do/],
		[["dance"], /no command "dance"/],
		[["camera", "--source", "/nowhere"], /no such file/],
		[["camera", "--gather", "table,list"], /choose one/],
		[["demo", "--cameras", "99"], /whole number from 1 to 12/],
	] as const) {
		it(`says what is wrong with ${JSON.stringify(args)}, with exit code 2 and without a stack`, () => {
			const { code, err } = run(
				...args,
				...(args[0] === "camera" ? ["--data", join(tmpdir(), "porthole-cli-test")] : []),
			);
			assert.equal(code, 2);
			assert.match(err, words);
			assert.doesNotMatch(err, /\n\s+at /);
		});
	}
});
