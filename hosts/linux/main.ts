import files from "porthole:files";
import interfaces from "porthole:interfaces";
import process from "porthole:process";
import { runRelayKey } from "../../src/app/origin/relay-key-command";
import { utf8Decode } from "../../src/base/text";
import { VERSION } from "../../src/base/version";
import { isColourful } from "../../src/ports/line-form";
import {
	COMPLETION_SCHEMA,
	EXIT_CODES,
	LEDGER_COMMAND_SCHEMA,
	RELAY_COMMAND_SCHEMA,
	RELAY_KEY_SCHEMA,
	RENDEZVOUS_COMMAND_SCHEMA,
	STREAM_CONTROL_COMMAND_SCHEMA,
} from "../../src/settings/cli/commands";
import { completionScript, shellOf } from "../../src/settings/cli/completion";
import { DOCTOR_SCHEMA } from "../../src/settings/cli/doctor-schema";
import type { KnownInterface } from "../../src/settings/cli/missing-resources";
import { type Program, type ProgramHost, runner, runProgram, wordRunner } from "../../src/settings/cli/program";
import { VIEW_SCHEMA } from "../../src/settings/cli/view-schema";
import { runCamera } from "./camera-command";
import { LINUX_CAMERA_SCHEMA, LINUX_NAS_SCHEMA } from "./linux-settings";

/** The largest file with settings or a secret, in octets. */
const FILE_MAX = 65536;

/** Where Linux lists all network interfaces. */
const INTERFACES = "/sys/class/net";

const HOST: ProgramHost = {
	variable: process.environment,
	variables: process.environmentNames,
	readFile: (path) => {
		const kind = files.kind(path);
		if (kind === undefined) return undefined;
		if (kind !== "file") throw new Error("it is not a file");
		return utf8Decode(new Uint8Array(files.read(path, FILE_MAX)));
	},
	interfaces: listInterfaces,
	print: (line) => void process.print(`${line}\n`),
	error: (line) => process.error(`${line}\n`),
	...(process.isTerminal && {
		terminal: { columns: Number(process.environment("COLUMNS")) || 80, bold: isColourful(process.environment) },
	}),
};

/** The interfaces that are up, and those that the system knows besides. */
function listInterfaces(): KnownInterface[] {
	const known: KnownInterface[] = [];
	for (const { name, address } of interfaces.list())
		if (!known.some((each) => each.name === name)) known.push({ name, address });
	try {
		for (const name of files.list(INTERFACES))
			if (!known.some((each) => each.name === name)) known.push({ name, address: "" });
	} catch {
		// No /sys: the list is for a message only.
	}
	return known;
}

/** Loads a command when it is run: the code of all others would take a camera more than a megabyte of memory. */
const PROGRAM: Program = {
	name: "porthole-linux",
	version: VERSION,
	runners: {
		camera: runner(LINUX_CAMERA_SCHEMA, runCamera),
		nas: runner(LINUX_NAS_SCHEMA, async (settings) => (await import("./nas-command")).runNas(settings)),
		ledger: wordRunner(LEDGER_COMMAND_SCHEMA, async (word, settings) =>
			(await import("./ledger-command")).runLedger(word, settings, HOST),
		),
		"stream-control": runner(STREAM_CONTROL_COMMAND_SCHEMA, async (settings) =>
			(await import("./stream-control-command")).runStreamControl(settings),
		),
		"relay-key": wordRunner(RELAY_KEY_SCHEMA, (word, { values }) => runRelayKey(word, values, HOST.print)),
		relay: runner(RELAY_COMMAND_SCHEMA, async (settings) => (await import("./relay-command")).runRelay(settings)),
		rendezvous: runner(RENDEZVOUS_COMMAND_SCHEMA, async (settings) =>
			(await import("./rendezvous-command")).runRendezvous(settings),
		),
		doctor: runner(DOCTOR_SCHEMA, async (settings) => (await import("./doctor-command")).runDoctor(settings, HOST)),
		view: wordRunner(VIEW_SCHEMA, async (word, settings) =>
			(await import("./view-command")).runView(word, settings, HOST),
		),
		completion: wordRunner(COMPLETION_SCHEMA, (word) => {
			HOST.print(completionScript(PROGRAM, shellOf(word)).trimEnd());
			return EXIT_CODES.done;
		}),
	},
	defaultCommand: "camera",
};

/** @param code of a command that has ended; `undefined`: it goes on, and ends the program itself */
function end(code: number | undefined): void {
	if (code !== undefined) process.exit(code);
}

const outcome = runProgram(PROGRAM, process.arguments, HOST);
if (typeof outcome === "object") outcome.then(end);
else end(outcome);
