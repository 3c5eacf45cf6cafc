import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const TOP = resolve(__dirname, "../../../..");
const FLAGS = ["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-I", join(TOP, "hosts/linux/devices")];
const SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** A folder of its own for one suite's programs and files. */
export function makeFolder(): { readonly path: string; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), "porthole-devices-"));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Compiles a test program together with device sources, with the address and undefined-behaviour sanitizers.
 * @param probe its name in `native/`, without `.c`
 * @param sources names in `hosts/linux/devices`, without `.c`
 * @returns the program's path
 */
export async function compileProbe(folder: string, probe: string, sources: readonly string[]): Promise<string> {
	const program = join(folder, probe);
	const files = sources.map((name) => join(TOP, "hosts/linux/devices", `${name}.c`));
	await run("gcc", [...FLAGS, ...SANITIZE, "-o", program, join(__dirname, "native", `${probe}.c`), ...files, "-ldl"]);
	return program;
}

/** Compiles a library for `LD_PRELOAD`. @param source relative to the top of the tree */
export async function compilePreload(folder: string, source: string): Promise<string> {
	const library = join(folder, "preload.so");
	await run("gcc", [
		"-O2",
		"-Wall",
		"-Wextra",
		"-Werror",
		"-shared",
		"-fPIC",
		"-o",
		library,
		join(TOP, source),
		"-ldl",
	]);
	return library;
}

/** Value of `LD_PRELOAD` for a sanitized program: the sanitizer has to come first. */
export function preloadOf(library: string): string {
	const asan = execFileSync("gcc", ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
	return `${asan}:${library}`;
}

/** Reads a program's lines of JSON. */
export function linesOf(stdout: string): Record<string, unknown>[] {
	return stdout
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line));
}
