#!/usr/bin/env node
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { runRelayKey } from "../../src/app/origin/relay-key-command";
import { isColourful } from "../../src/ports/line-form";
import {
	COMPLETION_SCHEMA,
	DEMO_SCHEMA,
	EXIT_CODES,
	LEDGER_COMMAND_SCHEMA,
	RELAY_COMMAND_SCHEMA,
	RELAY_KEY_SCHEMA,
	ROUTES_SCHEMA,
	STREAM_CONTROL_COMMAND_SCHEMA,
} from "../../src/settings/cli/commands";
import { completionScript, shellOf } from "../../src/settings/cli/completion";
import { DOCTOR_SCHEMA } from "../../src/settings/cli/doctor-schema";
import { type Program, type ProgramHost, runner, runProgram, wordRunner } from "../../src/settings/cli/program";
import { VIEW_SCHEMA } from "../../src/settings/cli/view-schema";
import { listInterfaces } from "./interfaces";
import { NODE_CAMERA_SCHEMA, NODE_NAS_SCHEMA, NODE_RENDEZVOUS_SCHEMA } from "./node-settings";

/** The largest file with settings or a secret, in octets. */
const FILE_MAX = 65536;

const HOST: ProgramHost = {
	variable: (name) => process.env[name],
	variables: () => Object.keys(process.env),
	readFile: (path) => (existsSync(path) ? readStart(path) : undefined),
	interfaces: listInterfaces,
	print: (line) => console.log(line),
	error: (line) => console.error(line),
	...(process.stdout.isTTY && {
		terminal: { columns: process.stdout.columns, bold: isColourful((name) => process.env[name]) },
	}),
};

// Only the modules of the command that is given are loaded, as all of them take a small machine seconds.
const command = {
	camera: (): typeof import("./camera-command") => require("./camera-command"),
	nas: (): typeof import("./nas-command") => require("./nas-command"),
	streamControl: (): typeof import("./stream-control-command") => require("./stream-control-command"),
	relay: (): typeof import("./relay-command") => require("./relay-command"),
	rendezvous: (): typeof import("./rendezvous-command") => require("./rendezvous-command"),
	ledger: (): typeof import("./ledger-command") => require("./ledger-command"),
	view: (): typeof import("./view-command") => require("./view-command"),
	demo: (): typeof import("./demo/demo-command") => require("./demo/demo-command"),
	doctor: (): typeof import("./doctor-command") => require("./doctor-command"),
	routes: (): typeof import("./routes-command") => require("./routes-command"),
};

const PROGRAM: Program = {
	name: "porthole",
	version: version(),
	runners: {
		camera: runner(NODE_CAMERA_SCHEMA, (settings) => command.camera().runCamera(settings)),
		nas: runner(NODE_NAS_SCHEMA, (settings) => command.nas().runNas(settings)),
		"stream-control": runner(STREAM_CONTROL_COMMAND_SCHEMA, (settings) =>
			command.streamControl().runStreamControl(settings),
		),
		relay: runner(RELAY_COMMAND_SCHEMA, (settings) => command.relay().runRelay(settings, HOST)),
		rendezvous: runner(NODE_RENDEZVOUS_SCHEMA, (settings) => command.rendezvous().runRendezvous(settings, HOST)),
		ledger: wordRunner(LEDGER_COMMAND_SCHEMA, (word, settings) => command.ledger().runLedger(word, settings, HOST)),
		"relay-key": wordRunner(RELAY_KEY_SCHEMA, (word, { values }) => runRelayKey(word, values, HOST.print)),
		view: wordRunner(VIEW_SCHEMA, (word, settings) => command.view().runView(word, settings, HOST)),
		demo: runner(DEMO_SCHEMA, (settings) => command.demo().runDemo(settings)),
		doctor: runner(DOCTOR_SCHEMA, (settings) => command.doctor().runDoctor(settings, HOST)),
		routes: runner(ROUTES_SCHEMA, (settings) => command.routes().runRoutes(settings, HOST)),
		completion: wordRunner(COMPLETION_SCHEMA, (word) => {
			HOST.print(completionScript(PROGRAM, shellOf(word)).trimEnd());
			return EXIT_CODES.done;
		}),
	},
};

/** Reads a file that must not be large. @throws {Error} when it is, or can't be read */
function readStart(path: string): string {
	if (statSync(path).isDirectory()) throw new Error("it is not a file");
	const bytes = Buffer.alloc(FILE_MAX + 1);
	const descriptor = openSync(path, "r");
	try {
		let length = 0;
		for (let got = 1; got > 0 && length < bytes.length; length += got)
			got = readSync(descriptor, bytes, length, bytes.length - length, null);
		if (length > FILE_MAX) throw new Error(`it is longer than ${FILE_MAX} octets`);
		return bytes.toString("utf8", 0, length);
	} finally {
		closeSync(descriptor);
	}
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

/** Ends when nobody reads what is printed any more, as in `porthole view | head`. */
function endWithReader(error: NodeJS.ErrnoException): void {
	if (error.code !== "EPIPE") throw error;
	process.exit(0);
}

async function main(): Promise<number> {
	process.stdout.on("error", endWithReader);
	return (await runProgram(PROGRAM, process.argv.slice(2), HOST)) ?? 0;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(`porthole: ${error instanceof Error ? error.stack : error}`);
		process.exit(1);
	},
);
