import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { toHex } from "../../../src/base/hex";
import { HmacSha1 } from "../../../src/base/sha1";
import { deviceUsername } from "../../../src/peer/peer-ticket";
import { writeRegister } from "../../../src/peer/rendezvous/peer-request";
import { COOKIE_SLOT } from "../../../src/peer/rendezvous/server/nonce-cookies";
import { runProgram } from "../../run-program";
import { compileNative } from "../native";
import { bareEcho } from "./bare-echo";
import { FIRST_PORT, IDS, SOCKETS, writeIds, writeKey } from "./registered-devices";

/** Authenticated refreshes a second per CPU second, and memory at a million devices. */
const RATE_GOAL = 100_000;
const MEMORY_GOAL_MB = 250;
const PORT = 46_080;
const ECHO_PORT = 46_081;
const ROUNDS = 3;
/** Refreshes that the load client sends: of so many devices, spread over the table. */
const SAMPLE = 4000;

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
 * each of another device in another home, and memory. Server on processor core 0, load from core 1; in turns with `node:dgram`, which
 * answers the same requests with as many octets and does nothing else.
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
			"| devices in a home | refreshes/s | per CPU second | node:dgram alone | beside it | request, answer octets | MB before load | MB after | table, octets a device |",
		);
		console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
		let isMet = true;
		for (const perHome of [4, 1]) {
			const { octets, before, results, echoes } = await measure(folder, load, total, perHome, seconds);
			const of = (pick: (result: Result) => number): number => median(results.map(pick));
			const rate = of((r) => r.perCpuSecond);
			const bare = median(echoes.map((r) => r.perCpuSecond));
			const ratio = median(results.map((r, i) => r.perCpuSecond / echoes[i].perCpuSecond)).toFixed(2);
			const bad = of((result) => result.wrong + result.stalls);
			const sizes = `${of((r) => r.request)}, ${of((r) => r.answer)}`;
			console.log(
				`| ${perHome} | ${of((r) => r.perSecond)} | ${rate} | ${bare} | ${ratio} | ${sizes} | ${before} | ${of((r) => r.megabytes)} | ${octets.toFixed(1)} |${bad > 0 ? ` ${bad} wrong or lost` : ""}`,
			);
			if (rate < RATE_GOAL || of((r) => r.megabytes) > MEMORY_GOAL_MB) isMet = false;
		}
		const busy = loadavg()[0].toFixed(1);
		console.log(`goals of ${RATE_GOAL} a second and ${MEMORY_GOAL_MB} MB: ${isMet ? "met" : "MISSED"}, load ${busy}`);
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function measure(folder: string, load: string, total: number, perHome: number, seconds: number) {
	const file = join(folder, "requests");
	const script = join(folder, "server.js");
	const every = Math.max(perHome, Math.floor(total / SAMPLE));
	// In one file, as the compiler of TypeScript would count as memory of the server.
	const flags = ["--bundle", "--platform=node", "--log-level=warning", `--outfile=${script}`];
	execFileSync("npx", ["esbuild", resolve(__dirname, "registrations-node.ts"), ...flags], {
		stdio: ["ignore", "ignore", "inherit"],
	});
	const server = await start([script, `${PORT}`, `${total}`, `${perHome}`, `${every}`]);
	const { octets, now } = JSON.parse(server.line) as { readonly octets: number; readonly now: number };
	const before = residentMb(server.pid);
	writeFileSync(file, requestsOf(total, perHome, every, now));
	const run = (port: number, pid: number, time: number): Result =>
		JSON.parse(
			execFileSync("taskset", ["-c", "1", load, "127.0.0.1", `${port}`, file, `${time}`, `${pid}`], {
				encoding: "utf8",
			}),
		);
	run(PORT, server.pid, 1);
	const { answer } = run(PORT, server.pid, 1);
	const echo = await start(["-e", bareEcho(answer), `${ECHO_PORT}`]);
	try {
		run(ECHO_PORT, echo.pid, 1);
		const results: Result[] = [];
		const echoes: Result[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			results.push(run(PORT, server.pid, seconds));
			echoes.push(run(ECHO_PORT, echo.pid, seconds));
		}
		return { octets, before, results, echoes };
	} finally {
		await server.stop();
		await echo.stop();
	}
}

/** Starts a server on processor core 0, and waits for the line that it prints. */
async function start(words: readonly string[]) {
	const server = spawn("taskset", ["-c", "0", process.execPath, ...words], { stdio: ["ignore", "pipe", "inherit"] });
	const ended = new Promise<void>((done) => server.once("exit", () => done()));
	const line = await new Promise<string>((done) => server.stdout.once("data", (text) => done(`${text}`)));
	const stop = (): Promise<void> => {
		server.kill();
		return ended;
	};
	return { pid: server.pid ?? 0, line, stop };
}

/** The load client's file. @param now the server's time, for the nonces of registered devices */
function requestsOf(total: number, perHome: number, every: number, now: number): Uint8Array {
	const chunks: Uint8Array[] = [u16(SOCKETS)];
	for (let i = 0; i < SOCKETS; i++) chunks.push(u16(FIRST_PORT + i));
	const slot = (Math.floor(now / COOKIE_SLOT) & 0xffff).toString(16).padStart(4, "0");
	const nonce = new TextEncoder().encode(slot.padEnd(20, "0"));
	const ids = new Uint8Array(IDS);
	// The load client takes them for its sockets in turn, as they were registered.
	for (let device = 0; device < total; device += every) {
		const key = new Uint8Array(32);
		writeIds(ids, device, perHome);
		writeKey(key, device, perHome);
		const transaction = new Uint8Array(12).fill(device);
		const who = { username: deviceUsername(toHex(ids, 0, 16), toHex(ids, 16)), key, integrity: new HmacSha1(key) };
		const message = writeRegister(who, { transaction, nonce, roundTrip: 20 }, { lifetime: 120 });
		chunks.push(u16(message.length), message);
	}
	return Buffer.concat(chunks);
}

function u16(value: number): Uint8Array {
	return new Uint8Array([value >> 8, value]);
}

function residentMb(pid: number): number {
	const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
	return Math.round(Number(kb) / 1024);
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

runProgram("bench", main);
