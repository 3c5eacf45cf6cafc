import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { runProgram } from "./run-program";
import { seconds } from "./run-tests/summary";
import { shortenScripts } from "./shorten-scripts";

const TOP = resolve(__dirname, "..");
const BIOME = join(TOP, "node_modules/@biomejs/biome/bin/biome");
const TSC = join(TOP, "node_modules/typescript/bin/tsc");

/** What `npm run check` runs, the slowest first, as many at a time as the machine has cores. One of them builds dist. */
const STEPS: readonly (readonly string[])[] = [
	[TSC, "-p", "test", ...cacheIn("test")],
	[TSC, "-p", "hosts/linux", "--noEmit", ...cacheIn("linux")],
	[TSC, "-p", "hosts/esp32/typings", ...cacheIn("esp32")],
	[TSC, "-p", "hosts/node"],
	[TSC, "-p", ".", ...cacheIn("src")],
	[BIOME, "check", "."],
];

/** Keeps what the compiler found out, so that it only looks at what has changed the next time. */
function cacheIn(name: string): string[] {
	return ["--incremental", "--tsBuildInfoFile", join(TOP, `build/check/${name}.tsbuildinfo`)];
}

/** Runs one step. @returns whether it passed */
function run(step: readonly string[]): Promise<boolean> {
	const start = performance.now();
	const child = spawn(process.execPath, step, { cwd: TOP, stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text: string) => {
			output += text;
		});
	}
	return new Promise((done, failed) => {
		child.once("error", failed);
		child.once("close", (code) => {
			const title = step.slice(1, step.includes("--incremental") ? step.indexOf("--incremental") : undefined).join(" ");
			const name = step[0] === BIOME ? "biome" : "tsc";
			console.log(`${code === 0 ? "✔" : "✗"} ${name} ${title} (${seconds(performance.now() - start)})`);
			if (code !== 0) console.log(output);
			done(code === 0);
		});
	});
}

async function main(): Promise<number> {
	const waiting = [...STEPS];
	let passed = true;
	const lane = async (): Promise<void> => {
		for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) passed = (await run(step)) && passed;
	};
	await Promise.all(Array.from({ length: availableParallelism() }, lane));
	if (passed) shortenScripts(join(TOP, "dist"), "CommonJS");
	return passed ? 0 : 1;
}

runProgram("check", main);
