import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { CAMERA_COMMAND_SCHEMA, DEMO_SCHEMA } from "../../../../src/settings/cli/commands";
import { gatherSettings, unknownVariables, variableOf } from "../../../../src/settings/cli/gather-settings";
import { suggestion } from "../../../../src/settings/cli/suggestion";
import { mergeSchemas, schema } from "../../../../src/settings/schema";
import { integer } from "../../../../src/settings/setting";
import { UsageError } from "../../../../src/settings/usage-error";
import { mutate } from "../../../support/mutate";

const SCHEMA = mergeSchemas(
	schema("Test", { fps: integer({ min: 1, max: 120, default: 15, help: "frames per second" }) }),
	CAMERA_COMMAND_SCHEMA,
);

/** Gathers with a settings file `/x.json` and variables. */
function gather(args: readonly string[], file?: string, variables: Readonly<Record<string, string>> = {}) {
	return gatherSettings(SCHEMA, args, {
		variable: (name) => variables[name],
		readFile: (path) => (path === "/x.json" ? file : undefined),
	});
}

/** The problems, a line each; empty when there are none. */
function problems(args: readonly string[], file?: string, variables: Readonly<Record<string, string>> = {}): string {
	try {
		gather(args, file, variables);
		return "";
	} catch (error) {
		if (error instanceof UsageError) return error.message;
		throw error;
	}
}

const CONFIG = ["--config", "/x.json"];

describe("settings/cli/gather-settings", () => {
	it("lets flags override variables, and variables override the file", () => {
		const { given, values } = gather(
			[...CONFIG, "--name=flag"],
			'{ "http-port": 1001, "fps": 5, "name": "file", "presence": false, "representative-ports": [1, 2] }',
			{ PORTHOLE_FPS: "6", PORTHOLE_NAME: "variable" },
		);
		assert.deepEqual(
			[values.httpPort, values.fps, values.name, values.presence, values.representativePorts, values.connections],
			[1001, 6, "flag", false, [1, 2], 1000],
		);
		const sources = [...given].map(([name, { from }]) => `${name}: ${from}`);
		assert.deepEqual(sources.sort(), [
			"config: --config",
			"fps: PORTHOLE_FPS",
			'http-port: /x.json: "http-port"',
			"name: --name",
			'presence: /x.json: "presence"',
			'representative-ports: /x.json: "representative-ports"',
		]);
	});

	it("takes the name of the settings file from a variable too, and no file when it is empty", () => {
		assert.equal(gather([], '{ "fps": 7 }', { PORTHOLE_CONFIG: "/x.json" }).values.fps, 7);
		assert.equal(gather(["--config="], '{ "fps": 7 }', { PORTHOLE_CONFIG: "/x.json" }).values.fps, 15);
	});

	it("takes a switch without a value as on", () => {
		assert.equal(gather(["--presence"]).values.presence, true);
		assert.equal(gather(["--presence", "off"]).values.presence, false);
		assert.equal(gather(["--mapping=off", "--presence", "--name", "x"]).values.presence, true);
	});

	it("takes a value that looks like a flag only after an equals sign", () => {
		assert.equal(gather(["--name=--x"]).values.name, "--x");
		assert.equal(problems(["--name", "--fps", "5"]), "--name needs a value: --name TEXT.");
	});

	for (const [title, args, message] of [
		["an unknown flag", ["--colour", "red"], "Unknown option --colour."],
		[
			"an option of another command",
			["--record-schedule", "x"],
			"Unknown option --record-schedule here; it is an option of nas.",
		],
		["a misspelled flag", ["--http-prot=80"], "Unknown option --http-prot; did you mean --http-port?"],
		["a flag without its value", ["--fps"], "--fps needs a value: --fps N."],
		["a word that belongs to no flag", ["hello"], 'Unexpected argument "hello".'],
		["a URL without its flag", ["rtsp://me:hUnt3r/x@camera/1"], 'Unexpected argument "rtsp://***@camera/1".'],
		["a bad value", ["--fps", "many"], '--fps must be a number from 1 to 120, got "many".'],
		[
			"a secret value, which it does not show",
			["--password", "short"],
			"--password must be a password of 8 to 64 characters without control characters.",
		],
		[
			"a file that does not exist",
			["--config", "/nowhere/x.json"],
			"--config: /nowhere/x.json: settings file not found, or in a folder that this program may not read.",
		],
		[
			"flags that contradict each other",
			["--tls-key", "/k.pem"],
			"--tls-certificate must be given together with --tls-key.",
		],
		[
			"everything at once",
			["--fps=0", "x", "--heartbeat=1", "--"],
			'Unexpected argument "x".\nUnknown option --.\n--fps must be a number from 1 to 120, got "0".\n--heartbeat must be a number of milliseconds from 50 to 60000, got "1".',
		],
	] as const) {
		it(`refuses ${title}`, () => assert.equal(problems(args), message));
	}

	it("names settings that contradict each other as they were given", () => {
		const variables = { PORTHOLE_TLS_KEY: "/k.pem" };
		const given = "--tls-certificate must be given together with";
		assert.equal(problems([], undefined, variables), `${given} PORTHOLE_TLS_KEY.`);
		assert.equal(problems(CONFIG, '{ "tls-key": "/k.pem" }'), `${given} /x.json: "tls-key".`);
	});

	// V8 reports the column, XS the missing character.
	for (const [title, content, message] of [
		["that is not JSON", '{\n  "fps": 5,\n}', /^\/x\.json: not valid JSON: line 3(, column 1|: .+)\.$/],
		["that has a secret where the fault is", '{ "password": hunter2 }', /^\/x\.json: not valid JSON: (?!.*hunter2)/],
		["that ends too early", '{ "fps": 5', /^\/x\.json: not valid JSON: line 1(, column 11|: .+)\.$/],
	] as const) {
		it(`refuses a file ${title}, and says where`, () => assert.match(problems(CONFIG, content), message));
	}

	for (const [title, content, message] of [
		["that is a list", "[]", '/x.json: a settings file is one JSON object, such as { "http-port": 8000 }.'],
		["that is null", "null", '/x.json: a settings file is one JSON object, such as { "http-port": 8000 }.'],
		["with an unknown key", '{"colour":1}', '/x.json: unknown setting "colour".'],
		["with a misspelled key", '{"hostname":"a"}', '/x.json: unknown setting "hostname"; did you mean host-name?'],
		["with a bad value", '{"fps":0}', '/x.json: "fps" must be a number from 1 to 120, got "0".'],
		[
			"with an object as a value",
			'{"name":{}}',
			'/x.json: "name" must be a string, a number, true, false, or a list of these.',
		],
		[
			"with null as a value",
			'{"name":null}',
			'/x.json: "name" must be a string, a number, true, false, or a list of these.',
		],
		["that names a settings file", '{"config":"/y.json"}', '/x.json: "config" cannot be set in a settings file.'],
		[
			"with a foreign key",
			'{"__proto__":1,"constructor":2}',
			'/x.json: unknown setting "__proto__".\n/x.json: unknown setting "constructor".',
		],
	] as const) {
		it(`refuses a file ${title}`, () => assert.equal(problems(CONFIG, content), message));
	}

	describe("from a file with a secret", () => {
		const KEY = "a-key-that-nobody-guesses";
		const files: Readonly<Record<string, string>> = {
			"/password": "correct horse\n",
			"/windows": "correct horse\r\n",
			"/bare": "correct horse",
			"/key": `${KEY}\n`,
			"/empty": "",
			"/line": "\n",
			"/long": "x".repeat(301),
			"/lines": "correct\nhorse\n",
			"/short": "horse\n",
		};
		function take(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
			return gatherSettings(SCHEMA, args, {
				variable: (name) => variables[name],
				readFile: (path) => {
					if (path === "/huge") throw new Error("it is longer than 65536 octets");
					return files[path];
				},
			});
		}

		for (const [args, field, value] of [
			[["--password-file", "/password"], "password", "correct horse"],
			[["--password-file", "/windows"], "password", "correct horse"],
			[["--password-file", "/bare", "--password", ""], "password", "correct horse"],
			[["--viewer-password-file", "/bare"], "viewerPassword", "correct horse"],
			[["--fleet-key-file", "/key"], "fleetKey", KEY],
			[["--password-file", ""], "password", ""],
		] as const) {
			it(`takes ${field} by ${args.join(" ")}`, () => {
				const { values, given } = take(args);
				assert.equal((values as unknown as Record<string, unknown>)[field], value);
				for (const { from } of given.values()) assert.ok(value === "" || !from.includes(value), from);
			});
		}

		it("takes the name of the file from a variable too", () => {
			assert.equal(take([], { PORTHOLE_PASSWORD_FILE: "/bare" }).values.password, "correct horse");
		});

		for (const [args, message] of [
			[
				["--password-file", "/nowhere"],
				"--password-file: /nowhere: file not found, or in a folder that this program may not read.",
			],
			[
				["--password-file", "/empty"],
				"--password-file: /empty is empty: write the password into it, or leave the option out.",
			],
			[
				["--password-file", "/line"],
				"--password-file: /line is empty: write the password into it, or leave the option out.",
			],
			[
				["--fleet-key-file", "/empty"],
				"--fleet-key-file: /empty is empty: write the fleet key into it, or leave the option out.",
			],
			[["--password-file", "/long"], "--password-file: /long is longer than 300 characters: it holds no password."],
			[["--fleet-key-file", "/huge"], "--fleet-key-file: /huge can't be read: it is longer than 65536 octets."],
			[
				["--password-file", "/lines"],
				"--password-file: the text of /lines must be a password of 8 to 64 characters without control characters.",
			],
			[
				["--password-file", "/short"],
				"--password-file: the text of /short must be a password of 8 to 64 characters without control characters.",
			],
			[
				["--password-file", "/bare", "--password", "another one"],
				"--password-file and --password are both given; leave one of them out.",
			],
		] as const) {
			it(`refuses ${args.join(" ")}`, () => {
				assert.throws(
					() => take(args),
					(error) => error instanceof UsageError && error.message === message,
				);
			});
		}
	});

	it("names the variable of a bad value", () => {
		assert.equal(
			problems([], undefined, { PORTHOLE_FPS: "fast", PORTHOLE_MAPPING: "" }),
			'PORTHOLE_FPS must be a number from 1 to 120, got "fast".\nPORTHOLE_MAPPING must be "on" or "off", got "".',
		);
	});

	it("derives the name of a variable", () => assert.equal(variableOf("http-port"), "PORTHOLE_HTTP_PORT"));

	it("reports unknown variables with the nearest name, except those of the tests and of other commands", () => {
		const names = [
			"PATH",
			"PORTHOLE_FPS",
			"PORTHOLE_CAMERAS",
			"PORTHOLE_TEST_SEEDS",
			"PORTHOLE_HTTPPORT",
			"PORTHOLE_X",
		];
		assert.deepEqual(unknownVariables(names, [SCHEMA, DEMO_SCHEMA]), [
			"unknown variable PORTHOLE_HTTPPORT is ignored; did you mean PORTHOLE_HTTP_PORT?",
			"unknown variable PORTHOLE_X is ignored.",
		]);
	});

	it("suggests the nearest name, none that is too far", () => {
		const known = ["http-port", "heartbeat", "fleet", "fleet-key"];
		for (const [name, wanted] of [
			["http-prot", "http-port"],
			["httpport", "http-port"],
			["hearbeat", "heartbeat"],
			["flet", "fleet"],
			["fleetkey", "fleet-key"],
			["heartbeat-time", "heartbeat"],
			["port", "http-port"],
			["colour", ""],
			["", ""],
		])
			assert.equal(suggestion(name, known, "--"), wanted === "" ? "." : `; did you mean --${wanted}?`, name);
	});

	it("suggests the nearest word of a choice and of a list", () => {
		assert.equal(
			problems(["--log-level", "wran"]),
			'--log-level must be one of error, warn, info, debug, got "wran"; did you mean warn?',
		);
		assert.match(problems(["--delivery", "multicast,unicats"]), /; did you mean unicast\?$/);
		assert.match(problems(["--log-level", "colour"]), /got "colour"\.$/);
	});

	it("suggests the option of which a hyphen was forgotten", () => {
		assert.equal(problems(["-fps", "5"]), 'Unknown option -fps; did you mean --fps?\nUnexpected argument "5".');
		assert.match(problems(["-x"]), /"-x": the names of options begin with two hyphens\.$/);
	});

	describe("with the interfaces of a machine", () => {
		const known = [
			{ name: "eth0", address: "192.168.0.7" },
			{ name: "wlan0", address: "" },
		];
		const gather = (args: readonly string[], variables: Readonly<Record<string, string>> = {}): string => {
			try {
				gatherSettings(CAMERA_COMMAND_SCHEMA, args, {
					variable: (name) => variables[name],
					readFile: () => undefined,
					interfaces: () => known,
				});
				return "";
			} catch (error) {
				return (error as Error).message;
			}
		};

		it("accepts those that exist, with or without an address", () => {
			assert.equal(gather([]), "");
			assert.equal(gather(["--interface", "eth0,wlan0"]), "");
		});

		it("lists them when one does not exist, and names where it was given", () => {
			assert.equal(
				gather(["--interface", "eth0,eht0"]),
				'--interface: this machine has no network interface "eht0"; did you mean eth0? It has: eth0 (192.168.0.7), wlan0.',
			);
			assert.match(gather([], { PORTHOLE_INTERFACE: "usb0" }), /^PORTHOLE_INTERFACE: .* "usb0"\. It has: /);
		});

		it("waits with --retry for one that is not there yet", () => {
			assert.equal(gather(["--interface", "usb0", "--retry"]), "");
		});
	});

	it("accepts or refuses any damaged command line and file, without another exception", () => {
		const file = '{ "http-port": 8000, "name": "Hof", "delivery": ["unicast"], "mapping": true }';
		for (let seed = 0; seed < 2000; seed++) {
			const random = new Prng(seed);
			const args = [...CONFIG, mutate(random, "--http-port=8001", "-=0x"), mutate(random, "--name", "-= "), "Küche"];
			problems(args, mutate(random, file, '{}[]":,0 \n\\'));
		}
	});
});
