#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CAMERA_SCHEMA, runCamera } from "./camera-command";
import { runDemo } from "./demo-command";
import { DOCTOR_SCHEMA, runDoctor } from "./doctor-command";
import { DEMO_SETTINGS } from "./node-settings";
import { helpOf, UsageError } from "./options";

/** Commands: what each does in one line, its settings, and the module that runs it. */
const COMMANDS = {
	camera: {
		help: "run one camera on this machine",
		schema: CAMERA_SCHEMA,
		run: runCamera,
	},
	demo: {
		help: "try it out: a virtual Internet gateway and three cameras on this machine (what npm start runs)",
		schema: DEMO_SETTINGS,
		run: runDemo,
	},
	doctor: {
		help: "look at this network's Internet gateway and say in words whether a camera can be reached through it",
		schema: DOCTOR_SCHEMA,
		run: runDoctor,
	},
};

type Command = keyof typeof COMMANDS;

function isCommand(word: string): word is Command {
	return Object.hasOwn(COMMANDS, word);
}

function version(): string {
	// The same two levels up from the sources and from dist.
	for (const up of ["../..", "../../.."]) {
		try {
			const { name, version } = JSON.parse(readFileSync(join(__dirname, up, "package.json"), "utf8"));
			if (name === "porthole") return version;
		} catch {}
	}
	return "unknown";
}

function help(command?: Command): string {
	if (command !== undefined) {
		return `porthole ${command} [options]: ${COMMANDS[command].help}\n\nOptions [default]:\n${helpOf(COMMANDS[command].schema)}
  --config FILE
        a JSON file with settings: { "http-port": 8000 }

Each option can also be set by a variable: --http-port by PORTHOLE_HTTP_PORT.
Flags count more than variables, and variables more than the file.`;
	}
	const list = Object.entries(COMMANDS).map(([name, { help }]) => `  porthole ${name.padEnd(8)} ${help}`);
	return `Porthole ${version()}: cameras behind one router that the whole Internet can see.

${list.join("\n")}

  porthole COMMAND --help   the options of a command
  porthole --version        the version

Exit codes: 0 done, 1 failed, 2 called wrongly.`;
}

async function main(): Promise<number> {
	const [word, ...args] = process.argv.slice(2);
	if (word === "--version" || word === "-V") {
		console.log(version());
		return 0;
	}
	if (word === "--help" || word === "-h" || word === "help") {
		console.log(help(args[0] !== undefined && isCommand(args[0]) ? args[0] : undefined));
		return 0;
	}
	if (word === undefined || !isCommand(word)) {
		throw new UsageError(
			word === undefined ? `Say what to do.\n\n${help()}` : `There is no command "${word}". See porthole --help.`,
		);
	}
	if (args.includes("--help") || args.includes("-h")) {
		console.log(help(word));
		return 0;
	}
	return COMMANDS[word].run(args);
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(
			`porthole: ${error instanceof UsageError ? error.message : error instanceof Error ? error.stack : error}`,
		);
		process.exit(error instanceof UsageError ? 2 : 1);
	},
);
