import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeSimulator } from "./device-modules";
import { findSdk, OUT, runCommand, runTool, SdkError } from "./moddable-sdk";

/**
 * `npm run start:simulator` builds the firmware for the Moddable simulator and runs it there. Arguments such as
 * `http-port=8010` become settings.
 */
function main(args: readonly string[]): void {
	const strange = args.find((arg) => !/^[a-z-]+=/.test(arg));
	if (strange !== undefined) throw new SdkError(`${strange} is not a setting. Settings look like http-port=8010.`);
	const sdk = findSdk(process.env);
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
	console.log(
		"The simulator runs; its page: http://localhost:8000 (or the http-port you gave). Close its window to end it.",
	);
	// The SDK's sockets can raise SIGPIPE: a viewer that disconnects must not end the simulator.
	const command = `trap '' PIPE; exec mcsim "$0" "$1"`;
	runTool(sdk, "sh", ["-c", command, join(sdk.folder, "build/simulators"), join(above, name, "mc.so")]);
}

runCommand(() => main(process.argv.slice(2)));
