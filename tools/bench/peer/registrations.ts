import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runProgram } from "../../run-program";
import { compileNative } from "../native";

/** Authenticated refreshes a second per CPU second, and memory at a million devices. */
const RATE_GOAL = 100_000;
const MEMORY_GOAL_MB = 250;
const PORT = 46_080;
const ROUNDS = 3;

interface Result {
	readonly perSecond: number;
	readonly perCpuSecond: number;
	readonly answer: number;
	readonly request: number;
	readonly stalls: number;
	readonly wrong: number;
	readonly megabytes: number;
}

/**
 * Measures a rendezvous server (P2P-15) with as many registered devices as the first argument says: authenticated refreshes a second,
 * each of another device in another home, and memory. Server on processor core 0, load from core 1.
 */
async function main(): Promise<number> {
	const total = Number(process.argv[2] ?? 1_000_000);
	const seconds = Number(process.argv[3] ?? 4);
	const folder = mkdtempSync(join(tmpdir(), "porthole-registrations-"));
	try {
		const load = join(folder, "datagram-load");
		await compileNative("datagram-load.c", load);
		console.log(`${cpus()[0]?.model}: ${total} devices, medians of ${ROUNDS} rounds of ${seconds} s`);
		console.log(
			"| devices in a home | refreshes/s | per CPU second | request, answer octets | MB before load | MB after | table, octets a device |",
		);
		console.log("| --- | --- | --- | --- | --- | --- | --- |");
		let isMet = true;
		for (const perHome of [4, 1]) {
			const { octets, before, results } = await measure(folder, load, total, perHome, seconds);
			const of = (pick: (result: Result) => number): number => median(results.map(pick));
			const bad = of((result) => result.wrong + result.stalls);
			const sizes = `${of((r) => r.request)}, ${of((r) => r.answer)}`;
			console.log(
				`| ${perHome} | ${of((r) => r.perSecond)} | ${of((r) => r.perCpuSecond)} | ${sizes} | ${before} | ${of((r) => r.megabytes)} | ${octets.toFixed(1)} |${bad > 0 ? ` ${bad} wrong or lost` : ""}`,
			);
			if (of((r) => r.perCpuSecond) < RATE_GOAL || of((r) => r.megabytes) > MEMORY_GOAL_MB) isMet = false;
		}
		console.log(`goals of ${RATE_GOAL} a second and ${MEMORY_GOAL_MB} MB: ${isMet ? "met" : "MISSED"}`);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function measure(folder: string, load: string, total: number, perHome: number, seconds: number) {
	const file = join(folder, "requests");
	const script = join(folder, "server.js");
	// In one file, as the compiler of TypeScript would count as memory of the server.
	execFileSync(
		"npx",
		["esbuild", resolve(__dirname, "registrations-node.ts"), "--bundle", "--platform=node", `--outfile=${script}`],
		{
			stdio: ["ignore", "ignore", "inherit"],
		},
	);
	const words = [process.execPath, script, `${PORT}`, `${total}`, `${perHome}`, file];
	const server = spawn("taskset", ["-c", "0", ...words], { stdio: ["ignore", "pipe", "inherit"] });
	const ended = new Promise((done) => server.once("exit", done));
	try {
		const line = await new Promise<string>((done) => server.stdout.once("data", (text) => done(`${text}`)));
		const { octets } = JSON.parse(line) as { readonly octets: number };
		const before = residentMb(server.pid ?? 0);
		const run = (time: number): Result =>
			JSON.parse(
				execFileSync("taskset", ["-c", "1", load, "127.0.0.1", `${PORT}`, file, `${time}`, `${server.pid}`], {
					encoding: "utf8",
				}),
			);
		run(1);
		const results: Result[] = [];
		for (let round = 0; round < ROUNDS; round++) results.push(run(seconds));
		return { octets, before, results };
	} finally {
		server.kill();
		await ended;
	}
}

function residentMb(pid: number): number {
	const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
	return Math.round(Number(kb) / 1024);
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

runProgram("bench", main);
