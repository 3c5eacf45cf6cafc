import assert from "node:assert/strict";
import { COMMANDS, type Command, type CommandName } from "../../../../src/settings/cli/commands";
import { gatherSettings } from "../../../../src/settings/cli/gather-settings";
import { commandHelp, examplesOf, programHelp } from "../../../../src/settings/cli/help";
import { type Program, runner } from "../../../../src/settings/cli/program";
import { settingsOf } from "../../../../src/settings/schema";

const NAMES = Object.keys(COMMANDS) as CommandName[];
const NO_SOURCES = { variable: () => undefined, readFile: () => "0123456789abcdef0123456789abcdef" };
const ALL: Program = {
	name: "tester",
	version: "1.2.3",
	runners: Object.fromEntries(NAMES.map((name) => [name, runner(COMMANDS[name].schema, () => 0)])),
};

describe("settings/cli/help", () => {
	it("lists the commands under headings, in one column", () => {
		const help = programHelp(ALL);
		assert.match(help, /\nDevices at home:\n {2}tester camera {10}run one camera on this machine\n {2}tester nas /);
		assert.match(help, /\n\nServers on the Internet:\n {2}tester relay {11}get/);
		assert.match(help, /\n\nTools:\n {2}tester view {12}watch/);
		for (const name of NAMES) assert.ok(help.includes(`  tester ${name} `), name);
	});

	it("has no heading without commands", () => {
		const only: Program = { ...ALL, runners: { camera: runner(COMMANDS.camera.schema, () => 0) } };
		assert.doesNotMatch(programHelp(only), /Tools|Servers/);
	});

	for (const name of NAMES) {
		const { examples, word }: Command = COMMANDS[name];

		it(`has examples of ${name}, and groups its options`, () => {
			const help = commandHelp("tester", name, COMMANDS[name].schema);
			assert.ok(examples.length > 0);
			for (const [line, does] of examplesOf("tester", name))
				assert.ok(help.includes(`  ${line}\n        ${does}`), line);
			for (const { title } of COMMANDS[name].schema.groups) assert.ok(help.includes(`\n${title}:\n`), title);
		});

		it(`has examples of ${name} that say what they do in a few words`, () => {
			for (const [, does] of examples) {
				assert.match(does, /^[a-z]/);
				assert.doesNotMatch(does, /\.$/);
			}
		});

		it(`has only examples of ${name} that its options accept, apart from those of one host`, () => {
			for (const [words] of examples) {
				// What a shell does with the rest is not the program's business.
				const args = words
					.split(" > ")[0]
					.split(" ")
					.filter((each) => each !== "");
				if (word !== undefined && args.length > 0 && !args[0].startsWith("-")) args.shift();
				const known = new Set(settingsOf(COMMANDS[name].schema).map((setting) => setting.name));
				const own: string[] = [];
				for (let i = 0; i < args.length; i++) {
					const isSwitch = i + 1 >= args.length || args[i + 1].startsWith("--");
					if (known.has(args[i].slice(2))) own.push(...args.slice(i, isSwitch ? i + 1 : i + 2));
					if (!isSwitch) i++;
				}
				gatherSettings(COMMANDS[name].schema, own, NO_SOURCES);
			}
		});
	}

	for (const [name, device] of [
		["nas", "this NAS"],
		["stream-control", "this control host"],
		["relay", "this relay"],
		["rendezvous", "this server"],
	] as const) {
		it(`calls the device that ${name} makes of the machine ${device}, and not a camera`, () => {
			const help = commandHelp("tester", name, COMMANDS[name].schema);
			assert.ok(
				help.includes(`name of ${device}`) && help.includes(`port on which ${device}`) === (name !== "rendezvous"),
			);
			assert.doesNotMatch(help, /this camera|the camera then/);
		});
	}

	it("says what a device without port mapping can't do", () => {
		const help = commandHelp("tester", "nas", COMMANDS.nas.schema);
		assert.match(
			help,
			/--mapping on\|off\n.*off: this NAS can be reached on the home network only, and takes no part in the fleet/,
		);
	});

	it("breaks lines at the width of the terminal, and never in a word", () => {
		for (const columns of [40, 60, 80, 300]) {
			const text = commandHelp("tester", "camera", COMMANDS.camera.schema, { columns });
			for (const line of text.split("\n")) {
				const most = Math.min(columns, 100);
				// Examples and long words can't be broken.
				const isWhole = line.startsWith("  tester ") || line.startsWith("  --") || !line.trim().includes(" ");
				assert.ok(line.length <= most || isWhole, line);
			}
			const plain = commandHelp("tester", "camera", COMMANDS.camera.schema);
			assert.equal(text.split(/\s+/).join(" "), plain.split(/\s+/).join(" "));
		}
	});

	it("breaks no lines for a pipe or a very narrow terminal", () => {
		const plain = commandHelp("tester", "camera", COMMANDS.camera.schema);
		assert.equal(commandHelp("tester", "camera", COMMANDS.camera.schema, { columns: 20 }), plain);
	});

	it("shows headings and options in bold where the terminal can", () => {
		const text = commandHelp("tester", "camera", COMMANDS.camera.schema, { bold: true });
		assert.ok(text.includes("\x1b[1mProgram:\x1b[22m"));
		assert.ok(text.includes("\x1b[1m--http-port\x1b[22m PORT"));
		assert.equal(
			text.split("\x1b[1m").join("").split("\x1b[22m").join(""),
			commandHelp("tester", "camera", COMMANDS.camera.schema),
		);
	});
});
