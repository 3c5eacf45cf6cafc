import process from "porthole:process";
import { VERSION } from "../../src/base/version";
import { helpOf, UsageError } from "../../src/settings/options";
import { runCamera } from "./camera-command";
import { LINUX_SETTINGS } from "./linux-settings";

/** Runs `porthole-linux`; what it says about a wrong call goes to standard error, with exit code 2. */
function main(args: readonly string[]): void {
	const [word, ...rest] = args;
	if (word === "--version" || word === "-V") {
		process.print(`${VERSION}\n`);
		process.exit(0);
		return;
	}
	if (args.includes("--help") || args.includes("-h") || word === "help") {
		process.print(`${help()}\n`);
		process.exit(0);
		return;
	}
	// The word is for who is used to the program for Node.js; there is but one command.
	runCamera(word === "camera" ? rest : args);
}

function help(): string {
	return `Porthole ${VERSION}: cameras behind one router that the whole Internet can see. Runs one camera.

  porthole-linux [camera] [options]
  porthole-linux --version

Options [default]:
${helpOf(LINUX_SETTINGS)}
  --config FILE
        a JSON file with settings: { "http-port": 8000 }

Each option can also be set by a variable: --http-port by PORTHOLE_HTTP_PORT.
Flags count more than variables, and variables more than the file.

Exit codes: 0 done, 1 failed, 2 called wrongly.`;
}

try {
	main(process.arguments);
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	process.error(`porthole-linux: ${error.message}\n`);
	process.exit(2);
}
