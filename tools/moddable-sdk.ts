import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** The top of the tree. */
export const TOP = resolve(__dirname, "..");
/** Where the SDK's tools put what they build. */
export const OUT = join(TOP, "build/moddable");
const BOARDS = join(TOP, "hosts/esp32/boards");

/** Explains what is missing. */
export class SdkError extends Error {}

/** The SDK as it is installed on this machine. */
export interface Sdk {
	readonly folder: string;
	/** The folder of `mcconfig`, `xsc`, `mcsim` and the others. */
	readonly bin: string;
}

/**
 * Finds the Moddable SDK by the variable MODDABLE.
 * @throws {SdkError} when it is not set, names no folder, or the SDK's tools are not built
 */
export function findSdk(env: NodeJS.ProcessEnv): Sdk {
	const folder = env["MODDABLE"] ?? "";
	if (folder === "") {
		throw new SdkError(
			"MODDABLE is not set. Porthole needs the Moddable SDK 8.2 or later for this: install it (its documentation/Moddable SDK - Getting Started.md), and set MODDABLE to its folder.",
		);
	}
	if (!existsSync(join(folder, "examples/manifest_base.json")))
		throw new SdkError(`MODDABLE is ${folder}, but the Moddable SDK is not there.`);
	const bins = ["lin", "mac"].map((system) => join(folder, "build/bin", system, "release"));
	const bin = bins.find((path) => existsSync(join(path, "mcconfig")));
	if (bin === undefined) {
		throw new SdkError(
			`The Moddable SDK in ${folder} has no tools yet. On Linux: PATH="$MODDABLE/build/bin/lin/release:$PATH" make -C "$MODDABLE/build/makefiles/lin" release`,
		);
	}
	if (!existsSync(join(TOP, "node_modules/.bin/tsc")))
		throw new SdkError("TypeScript is not installed here; run npm ci first.");
	return { folder, bin };
}

/** The boards with a manifest. */
export function boards(): string[] {
	return readdirSync(BOARDS)
		.filter((name) => existsSync(join(BOARDS, name, "manifest.json")))
		.sort();
}

/**
 * Checks the name of a board.
 * @throws {SdkError} with the list of boards for an unknown name
 */
export function checkBoard(name: string | undefined): string {
	const list = boards();
	if (name !== undefined && list.includes(name)) return name;
	const words = name === undefined ? "Say which board" : `There is no board ${JSON.stringify(name.slice(0, 60))}`;
	throw new SdkError(`${words}. Boards: ${list.join(", ")}.\n  npm run build:esp32 -- ${list[0]}`);
}

/**
 * Runs a program of the SDK in the top folder, with the SDK's tools in PATH.
 * @throws {SdkError} when it fails; its output was shown
 */
export function runTool(sdk: Sdk, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
	mkdirSync(OUT, { recursive: true });
	const path = `${sdk.bin}:${process.env["PATH"] ?? ""}`;
	const { status, error } = spawnSync(program, args, {
		cwd: TOP,
		stdio: "inherit",
		env: { ...process.env, PATH: path, MODDABLE: sdk.folder, ...env },
	});
	if (error !== undefined) throw new SdkError(`${program} can't be run: ${error.message}`);
	if (status !== 0) throw new SdkError(`${program} failed; see above.`);
}

/** Runs a command; prints an {@link SdkError} and exits with code 2. */
export async function runCommand(body: () => void | Promise<void>): Promise<void> {
	try {
		await body();
	} catch (error) {
		if (!(error instanceof SdkError)) throw error;
		console.error(error.message);
		process.exitCode = 2;
	}
}
