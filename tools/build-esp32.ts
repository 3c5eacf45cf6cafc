import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ESP32_MAIN, ESP32_PEER_MAIN, ESP32_STREAMS_MAIN, writeEsp32 } from "./device-modules";
import { checkBoard, findSdk, OUT, runCommand, runTool, type Sdk, SdkError, TOP } from "./moddable-sdk";

/**
 * `npm run build:esp32 -- BOARD` makes the firmware for a board. With `--modules` it stops before ESP-IDF is needed:
 * TypeScript and XS are compiled, and all modules are linked and preloaded.
 */
function main(args: readonly string[]): void {
	const modulesOnly = args.includes("--modules");
	const [name, more] = args.filter((arg) => arg !== "--modules");
	if (more !== undefined || name?.startsWith("-")) throw new SdkError(`${more ?? name} is not an option or a board.`);
	const board = checkBoard(name);
	const sdk = findSdk(process.env);
	const manifest = readManifest(board);
	const { peer, streams } = manifest.config.porthole;
	writeEsp32(peer === true ? ESP32_PEER_MAIN : streams === true ? ESP32_STREAMS_MAIN : ESP32_MAIN);
	if (modulesOnly) {
		linkModules(sdk, board);
		return;
	}
	if (!existsSync(process.env["IDF_PATH"] ?? "")) {
		throw new SdkError(
			"IDF_PATH is not set, or names no folder. The Moddable SDK builds for ESP32 with ESP-IDF 6.0 (its documentation/devices/esp32.md). Without it: add --modules to compile, link and preload all modules.",
		);
	}
	runTool(sdk, "mcconfig", ["-m", "-p", platformOf(board), "-t", "build", "-o", OUT]);
	console.log(`Built. To write it to the board: mcconfig -m -p ${platformOf(board)} -t deploy -o ${OUT}`);
}

/** The part of a board's manifest that matters here. */
interface BoardManifest {
	readonly build: { readonly ESP32_SUBCLASS: string };
	/** `streams`: the board has room for a stream server; `peer`: and for peer to peer. */
	readonly config: { readonly porthole: { readonly streams?: boolean; readonly peer?: boolean } };
}

function readManifest(board: string): BoardManifest {
	return JSON.parse(readFileSync(join(TOP, "hosts/esp32/boards", board, "manifest.json"), "utf8"));
}

/** `mcconfig` writes platforms in lower case, folders too, so the path is kept relative. */
function platformOf(board: string): string {
	return `esp32:hosts/esp32/boards/${board}`;
}

/** Runs the SDK's makefile up to the linked modules, with an empty repository that has the right tag as ESP-IDF. */
function linkModules(sdk: Sdk, board: string): void {
	const idf = join(OUT, "no-idf");
	if (!existsSync(join(idf, ".git"))) {
		mkdirSync(idf, { recursive: true });
		const git = (...words: string[]) => execFileSync("git", words, { cwd: idf, stdio: "ignore" });
		git("init", "-q");
		git("-c", "user.name=none", "-c", "user.email=none", "commit", "-q", "--allow-empty", "-m", "none");
		git("tag", "v6.0");
	}
	const env = { IDF_PATH: idf };
	runTool(sdk, "mcconfig", ["-p", platformOf(board), "-o", OUT], env);
	const folder = makeFolder(board);
	const chip = readManifest(board).build.ESP32_SUBCLASS;
	const header = join(folder, `xsProj-${chip}/build/config/sdkconfig.h`);
	mkdirSync(dirname(header), { recursive: true });
	writeFileSync(header, "");
	// The compiler adds the names of a program to this list, so those of earlier builds would take flash too.
	rmSync(join(folder, "modules/mc.xsi"), { force: true });
	const linked = join(folder, "mc.xs.c");
	runTool(sdk, "make", ["-f", join(folder, "makefile"), "-o", header, linked], env);
	console.log(`Linked and preloaded: ${linked}`);
}

/** The folder of `mcconfig`'s makefile, which is named like the folder of this repository. */
function makeFolder(board: string): string {
	const above = join(OUT, "tmp/esp32", board, "release");
	const name = readdirSync(above).find((n) => existsSync(join(above, n, "makefile")));
	if (name === undefined) throw new SdkError(`mcconfig left no makefile below ${above}.`);
	return join(above, name);
}

runCommand(() => main(process.argv.slice(2)));
