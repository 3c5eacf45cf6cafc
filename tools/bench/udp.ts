import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildTools, compile, OUT } from "../build-linux";
import { runProgram } from "../run-program";

/** Datagrams a second that JavaScript on XS is to receive, change and send on, on one processor core. */
const GOAL = 200_000;
const SECONDS = 4;
const SIZES = [200, 1400];
const PORT = 47_301;

/** Measures a relay of datagrams in JavaScript (test/xs/udp-echo.ts) on hosts/linux. */
async function main(): Promise<number> {
	const program = buildTools();
	const tree = join(OUT, "test-js");
	compile("test/xs", tree);
	const folder = mkdtempSync(join(tmpdir(), "porthole-udp-"));
	const load = join(folder, "udp-load");
	let best = 0;
	try {
		execFileSync("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", load, resolve(__dirname, "native/udp-load.c")]);
		console.log(`${cpus()[0]?.model}: XS on core 0, load on core 1, ${SECONDS} s a row`);
		for (const [i, size] of SIZES.entries()) {
			const [to, back] = [PORT + 2 * i, PORT + 2 * i + 1];
			const argv = ["-c", "0", program, tree, "test/xs/udp-echo", `${to}`, `${back}`];
			const relay = spawn("taskset", argv, { stdio: ["ignore", "pipe", "inherit"] });
			const ended = new Promise((done) => relay.once("exit", done));
			try {
				await new Promise((done) => relay.stdout.once("data", done));
				const words = ["-c", "1", load, `${to}`, `${back}`, `${size}`, `${SECONDS}`, `${relay.pid}`];
				const result = JSON.parse(execFileSync("taskset", words, { encoding: "utf8" }));
				best = Math.max(best, result.perCpuSecond);
				console.log(
					`${size} octets: ${result.perSecond} a second, ${result.perCpuSecond} a second of CPU, ${result.megabytes} MB, ${result.wrong} wrong`,
				);
			} finally {
				relay.kill();
				await ended;
			}
		}
		console.log(`goal ${best >= GOAL ? "met" : "MISSED"}: ${best} a second of CPU, at least ${GOAL}`);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

runProgram("bench", main);
