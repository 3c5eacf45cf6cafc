import assert from "node:assert/strict";
import {
	CAMERA_COMMAND_SCHEMA,
	COMMANDS,
	DEMO_SCHEMA,
	LEDGER_COMMAND_SCHEMA,
} from "../../../../src/settings/cli/commands";
import { type Outcome, type Program, runner, runProgram, wordRunner } from "../../../../src/settings/cli/program";
import { settingsOf } from "../../../../src/settings/schema";
import { UsageError } from "../../../../src/settings/usage-error";

/** A host of fixed variables that keeps what a program prints. */
class FakeHost {
	readonly out: string[] = [];
	readonly err: string[] = [];

	constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

	variable(name: string): string | undefined {
		return this.environment[name];
	}

	variables(): readonly string[] {
		return Object.keys(this.environment);
	}

	readFile(): undefined {
		return undefined;
	}

	print(line: string): void {
		this.out.push(line);
	}

	error(line: string): void {
		this.err.push(line);
	}
}

/** A program with camera and demo, whose camera's outcome is chosen by the test. */
function program(outcome: () => Outcome = () => 0, defaultCommand?: "camera"): Program {
	return {
		name: "tester",
		version: "1.2.3",
		runners: {
			camera: runner(CAMERA_COMMAND_SCHEMA, outcome),
			demo: runner(DEMO_SCHEMA, ({ values }) => values.cameras),
		},
		...(defaultCommand && { defaultCommand }),
	};
}

describe("settings/cli/program", () => {
	for (const args of [
		["--version"],
		["-V"],
		["-v"],
		["version"],
		["camera", "-V"],
		["camera", "--fps", "9", "--version"],
	]) {
		it(`prints the version for ${args}`, () => {
			const host = new FakeHost();
			assert.equal(runProgram(program(), args, host), 0);
			assert.deepEqual([host.out, host.err], [["1.2.3"], []]);
		});
	}

	for (const args of [["--help"], ["-h"], ["help"]]) {
		it(`lists the commands of this host for ${args}`, () => {
			const host = new FakeHost();
			assert.equal(runProgram(program(), args, host), 0);
			assert.match(host.out[0], /tester camera {2}run one camera/);
			assert.match(host.out[0], /tester demo {4}/);
			assert.doesNotMatch(host.out[0], /doctor/);
			assert.match(host.out[0], /0 done, 1 failed, 2 usage error/);
		});
	}

	for (const args of [
		["camera", "--help"],
		["camera", "-h"],
		["camera", "--fps", "--help"],
		["help", "camera"],
		["--help", "camera"],
	]) {
		it(`explains every setting of the camera for ${args.join(" ")}`, () => {
			const host = new FakeHost();
			assert.equal(runProgram(program(), args, host), 0);
			for (const { name, help } of settingsOf(COMMANDS.camera.schema)) {
				assert.ok(host.out[0].includes(`  --${name} `), name);
				assert.ok(host.out[0].includes(help), name);
			}
		});
	}

	it("names its default command, whose options its own help does not repeat", () => {
		const host = new FakeHost();
		const outcome = runProgram(
			program(() => 0, "camera"),
			["--help"],
			host,
		);
		assert.equal(outcome, 0);
		assert.match(host.out[0], /Without a command, tester runs "camera"\./);
		assert.doesNotMatch(host.out[0], /--http-port/);
	});

	for (const [name, { schema }] of Object.entries(COMMANDS)) {
		it(`has each setting of ${name} once`, () => {
			const names = settingsOf(schema).map((setting) => setting.name);
			assert.equal(new Set(names).size, names.length, names.join());
		});
	}

	it("runs a command with its settings", () => {
		const host = new FakeHost({ PORTHOLE_CAMERAS: "5" });
		assert.equal(runProgram(program(), ["demo"], host), 5);
		assert.equal(runProgram(program(), ["demo", "--cameras", "7"], host), 7);
		assert.deepEqual(host.err, []);
	});

	it("runs its default command when none is given", () => {
		const host = new FakeHost();
		assert.equal(
			runProgram(
				program(() => 33, "camera"),
				["--http-port", "8001"],
				host,
			),
			33,
		);
		assert.equal(
			runProgram(
				program(() => 34, "camera"),
				[],
				host,
			),
			34,
		);
	});

	for (const [title, args, message] of [
		["no command", [], /^tester: No command given\.\n\nPorthole 1\.2\.3/],
		["an option in place of a command", ["--http-port", "1"], /^tester: No command given/],
		["an unknown command", ["dance"], /^tester: Unknown command "dance"\. See tester --help\.$/],
		[
			"options without a command",
			["--port=1"],
			/^tester: No command given: put one before the options, as in tester camera --port\. See tester --help\.$/,
		],
		["a misspelled command", ["camrea"], /^tester: Unknown command "camrea"; did you mean camera\? See/],
		["a word that every object has", ["constructor"], /^tester: Unknown command "constructor"/],
		[
			"a command of other hosts",
			["doctor"],
			/^tester: The command "doctor" is not available in tester, which has: camera, demo\.$/,
		],
		["a bad value", ["demo", "--port", "x"], /^tester: --port must be a number from 1 to 65000, got "x"\.$/],
	] as const) {
		it(`refuses ${title} with exit code 2`, () => {
			const host = new FakeHost();
			assert.equal(runProgram(program(), args, host), 2);
			assert.match(host.err.join("\n"), message);
			assert.deepEqual(host.out, []);
		});
	}

	it("reports usage errors of a running command, now or later, and passes other errors on", async () => {
		const host = new FakeHost();
		const usage = () => {
			throw new UsageError("No camera at /dev/video0.");
		};
		const bug = () => {
			throw new TypeError("a bug");
		};
		assert.equal(runProgram(program(usage), ["camera"], host), 2);
		assert.equal(
			await runProgram(
				program(async () => usage()),
				["camera"],
				host,
			),
			2,
		);
		assert.deepEqual(host.err, ["tester: No camera at /dev/video0.", "tester: No camera at /dev/video0."]);
		assert.throws(() => runProgram(program(bug), ["camera"], host), TypeError);
		await assert.rejects(
			async () =>
				runProgram(
					program(async () => bug()),
					["camera"],
					host,
				),
			TypeError,
		);
	});

	it("points to the help text only where a problem does not say what to do", () => {
		for (const [args, needsHelp] of [
			[["demo", "--zzzzzzzz", "1"], true],
			[["demo", "zzzzzzzz"], true],
			[["demo", "-x"], true],
			[["demo", "--prot", "1"], false],
			[["demo", "-port=1"], false],
			[["demo", "--port", "x"], false],
		] as const) {
			const host = new FakeHost();
			assert.equal(runProgram(program(), args, host), 2);
			assert.equal(host.err.includes("tester: See tester demo --help."), needsHelp, host.err.join("\n"));
		}
		const host = new FakeHost();
		const usage = () => {
			throw new UsageError("Unexpected.", true);
		};
		assert.equal(runProgram(program(usage), ["camera"], host), 2);
		assert.deepEqual(host.err, ["tester: Unexpected.", "tester: See tester camera --help."]);
	});

	it("warns of unknown variables, and runs all the same", () => {
		const host = new FakeHost({ PORTHOLE_CAMERA: "5", PORTHOLE_HTTP_PORT: "1" });
		assert.equal(runProgram(program(), ["demo"], host), 3);
		assert.equal(host.err.length, 1);
		assert.match(host.err[0], /^tester: unknown variable PORTHOLE_CAMERA is ignored.*did you mean PORTHOLE_CAMERAS\?$/);
	});

	it("gives a command the word before its options, and shows it in help texts", () => {
		const words: [string, string][] = [];
		const ledger: Program = {
			...program(),
			runners: {
				ledger: wordRunner(LEDGER_COMMAND_SCHEMA, (word, { values }) => {
					words.push([word, values.by]);
					return 0;
				}),
			},
		};
		for (const args of [["sum", "--by", "day"], ["--by", "day"], []])
			assert.equal(runProgram(ledger, ["ledger", ...args], new FakeHost()), 0);
		assert.deepEqual(words, [
			["sum", "day"],
			["", "day"],
			["", "viewer"],
		]);
		assert.equal(runProgram(ledger, ["ledger", "sum", "more"], new FakeHost()), 2);
		const host = new FakeHost();
		assert.equal(runProgram(ledger, ["ledger", "help"], host), 0);
		assert.match(host.out[0], /^tester ledger \[list\|sum\|export\|unrecorded\] \[OPTIONS\]: list, /);
	});
});
