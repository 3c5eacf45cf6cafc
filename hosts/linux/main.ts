import files from "porthole:files";
import process from "porthole:process";
import { runRelayKey } from "../../src/app/origin/relay-key-command";
import { utf8Decode } from "../../src/base/text";
import { VERSION } from "../../src/base/version";
import {
	LEDGER_COMMAND_SCHEMA,
	RELAY_COMMAND_SCHEMA,
	RELAY_KEY_SCHEMA,
	STREAM_CONTROL_COMMAND_SCHEMA,
} from "../../src/settings/cli/commands";
import { type Program, type ProgramHost, runner, runProgram, wordRunner } from "../../src/settings/cli/program";
import { runCamera } from "./camera-command";
import { runLedger } from "./ledger-command";
import { LINUX_CAMERA_SCHEMA, LINUX_NAS_SCHEMA } from "./linux-settings";
import { runNas } from "./nas-command";
import { runRelay } from "./relay-command";
import { runStreamControl } from "./stream-control-command";

/** The largest file with settings or a secret, in octets. */
const FILE_MAX = 65536;

const HOST: ProgramHost = {
	variable: process.environment,
	variables: process.environmentNames,
	readFile: (path) => {
		const kind = files.kind(path);
		if (kind === undefined) return undefined;
		if (kind !== "file") throw new Error("it is not a file");
		return utf8Decode(new Uint8Array(files.read(path, FILE_MAX)));
	},
	print: (line) => void process.print(`${line}\n`),
	error: (line) => process.error(`${line}\n`),
};

const PROGRAM: Program = {
	name: "porthole-linux",
	version: VERSION,
	runners: {
		camera: runner(LINUX_CAMERA_SCHEMA, runCamera),
		nas: runner(LINUX_NAS_SCHEMA, runNas),
		ledger: wordRunner(LEDGER_COMMAND_SCHEMA, (word, settings) => runLedger(word, settings, HOST)),
		"stream-control": runner(STREAM_CONTROL_COMMAND_SCHEMA, runStreamControl),
		"relay-key": wordRunner(RELAY_KEY_SCHEMA, (word, { values }) => runRelayKey(word, values, HOST.print)),
		relay: runner(RELAY_COMMAND_SCHEMA, runRelay),
	},
	defaultCommand: "camera",
};

const code = runProgram(PROGRAM, process.arguments, HOST);
if (typeof code === "number") process.exit(code);
