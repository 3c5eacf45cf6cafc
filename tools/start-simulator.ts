import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeSimulator } from "./device-modules";
import { isFreePort } from "./free-port";
import { findSdk, OUT, runCommand, runTool, type Sdk, SdkError } from "./moddable-sdk";

/**
 * `npm run start:simulator` builds the firmware for the Moddable simulator and runs it there. Arguments such as
 * `http-port=8010` become settings.
 */
async function main(args: readonly string[]): Promise<void> {
	const strange = args.find((arg) => !/^[a-z-]+=/.test(arg));
	if (strange !== undefined) throw new SdkError(`${strange} is not a setting. Settings look like http-port=8010.`);
	const sdk = findSdk(process.env);
	const port = given(args, "http-port") ?? "8000";
	await checkPorts(args);
	if (process.platform !== "linux")
		throw new SdkError("This starts the simulator on Linux. Elsewhere: mcconfig -d -m -p mac, or -p win.");
	if (!existsSync(join(sdk.bin, "mcsim")))
		throw new SdkError(
			"The SDK has no simulator (mcsim). It needs GTK: apt-get install libgtk-3-dev, then build the SDK's tools again.",
		);
	if ((process.env["DISPLAY"] ?? "") === "")
		throw new SdkError(
			"There is no display (DISPLAY is not set). Without a screen: xvfb-run -a npm run start:simulator",
		);
	writeSimulator();
	runTool(sdk, "mcconfig", ["-m", "-p", "lin", "-t", "build", "-o", OUT, ...args]);
	const above = join(OUT, "bin/lin/mc/release");
	const name = readdirSync(above).find((n) => existsSync(join(above, n, "mc.so")));
	if (name === undefined) throw new SdkError(`mcconfig left no program below ${above}.`);
	// Building takes minutes.
	await checkPorts(args);
	console.log(`The simulator runs; its page: http://localhost:${port}. Close its window to end it.`);
	runSimulator(sdk, join(above, name, "mc.so"));
}

/** The value that the arguments give a setting. */
function given(args: readonly string[], setting: string): string | undefined {
	return args.find((arg) => arg.startsWith(`${setting}=`))?.slice(setting.length + 1);
}

/** The simulator would crash at a port that is taken. @throws {SdkError} */
async function checkPorts(args: readonly string[]): Promise<void> {
	await checkPort("http-port", given(args, "http-port") ?? "8000", "8010");
	const rtsp = given(args, "rtsp-port") ?? "8554";
	if (rtsp !== "0") await checkPort("rtsp-port", rtsp, "8564");
}

async function checkPort(setting: string, port: string, other: string): Promise<void> {
	if (!(await isFreePort(Number(port), "0.0.0.0")))
		throw new SdkError(`Port ${port} is in use, or is not a port. Stop the other program or pass ${setting}=${other}.`);
}

/** Runs a program in `mcsim` until it ends. @throws {SdkError} with the reason when it fails */
function runSimulator(sdk: Sdk, program: string): void {
	// Without this folder it starts, and runs nothing.
	mkdirSync(process.env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), { recursive: true });
	// The SDK's sockets can raise SIGPIPE: a viewer that disconnects must not end the simulator. The camera's state is in a
	// file of /tmp that others may not read. The log and the first password come line by line, also into a file.
	const command = `trap '' PIPE; umask 077; exec stdbuf -oL mcsim "$0" "$1"`;
	const { status, signal, error } = spawnSync("sh", ["-c", command, join(sdk.folder, "build/simulators"), program], {
		stdio: "inherit",
		env: { ...process.env, PATH: `${sdk.bin}:${process.env["PATH"] ?? ""}`, MODDABLE: sdk.folder },
	});
	if (error !== undefined) throw new SdkError(`mcsim can't be run: ${error.message}`);
	if (signal !== null) throw new SdkError(`mcsim was ended by ${signal}.`);
	if (status !== 0) throw new SdkError(`mcsim ended with exit code ${status}; see above.`);
}

runCommand(() => main(process.argv.slice(2)));
