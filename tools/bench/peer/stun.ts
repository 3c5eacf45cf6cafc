import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildTools, compile, OUT } from "../../build-linux";
import { NODE_PROGRAM, XS_PROGRAM } from "../../camera-program";
import { runProgram } from "../../run-program";
import { TYPESCRIPT } from "../../typescript-options";
import { compileNative } from "../native";
import { bareEcho } from "./bare-echo";

/** Whom each of ours is to keep up with in the same run: on a machine of its own they make 180,000 and 255,000 a second. */
const GOALS: readonly (readonly [ours: string, other: string])[] = [
	["Porthole, Node.js", "node:dgram, bare echo"],
	["Porthole, XS on Linux", "coturn"],
];
/** Between two programs with the same work, less than this is chance on a machine that does much else. */
const TOLERANCE = 0.9;
const FIRST_PORT = 47_400;
const ROUNDS = 3;
/** From the UDP port of a program to that of its pages. */
const HTTP_OFFSET = 100;
/** How long a program may take until it answers, in milliseconds; a busy machine needs much. */
const START_TIME = 60_000;

/** The load client's results. */
interface Result {
	readonly perSecond: number;
	/** Per second of the server's CPU, which other programs on the machine change less. */
	readonly perCpuSecond: number;
	/** Octets of an answer. */
	readonly answer: number;
	readonly stalls: number;
	readonly wrong: number;
	readonly megabytes: number;
}

/** A server to measure. */
interface Contender {
	readonly name: string;
	words(port: number): readonly string[];
}

function contenders(folder: string, xs: string, tree: string): Contender[] {
	const node = [process.execPath, ...TYPESCRIPT];
	const coturn = (port: number): string[] => {
		const flags = ["turnserver", "-n", "-S", "--no-auth", "--no-tls", "--no-dtls", "--no-cli", "--no-tcp"];
		flags.push("--listening-ip=127.0.0.1", `--listening-port=${port}`, "--relay-threads=1", "--log-file=/dev/null");
		return [...flags, `--pidfile=${join(folder, "pid")}`, `--userdb=${join(folder, "db")}`];
	};
	const program = (port: number): string[] => {
		const flags = [
			"rendezvous",
			"--udp-port",
			`${port}`,
			"--http-port",
			`${port + HTTP_OFFSET}`,
			"--data",
			join(folder, `${port}`),
		];
		return [...flags, "--log-level", "error"];
	};
	const lean = ["--no-software-attribute", "--no-rfc5780", "--no-stun-backward-compatibility"];
	return [
		{ name: "C, one system call a datagram", words: (port) => [join(folder, "stun-floor"), `${port}`] },
		{ name: "coturn", words: coturn },
		{
			name: "coturn, lean answers",
			words: (port) => [...coturn(port), ...lean, "--response-origin-only-with-rfc5780"],
		},
		{ name: "node:dgram, bare echo", words: (port) => [process.execPath, "-e", bareEcho(32), `${port}`] },
		{
			name: "Porthole, Node.js",
			words: (port) => [...node, resolve(__dirname, "stun-node.ts"), `${port}`],
		},
		{ name: "Porthole, XS on Linux", words: (port) => [xs, tree, "test/xs/stun-server", `${port}`] },
		{ name: "porthole rendezvous, Node.js", words: (port) => [process.execPath, NODE_PROGRAM, ...program(port)] },
		{ name: "porthole-linux rendezvous", words: (port) => [XS_PROGRAM, ...program(port)] },
	];
}

/** Compares address servers (P2P-1) on processor core 0 with load from core 1. */
async function main(): Promise<number> {
	const seconds = Number(process.argv[2] ?? 3);
	const folder = mkdtempSync(join(tmpdir(), "porthole-stun-"));
	const xs = buildTools();
	const tree = join(OUT, "test-js");
	compile("test/xs", tree);
	try {
		await compileNative("stun-load.c", join(folder, "stun-load"));
		await compileNative("stun-floor.c", join(folder, "stun-floor"));
		console.log(`${cpus()[0]?.model}: server on core 0, load on core 1, medians of ${ROUNDS} rounds of ${seconds} s`);
		console.log("| server | requests/s | per CPU second | answer to 20 octets | MB |\n| --- | --- | --- | --- | --- |");
		const all = contenders(folder, xs, tree).filter(({ words }) => {
			const [program, script = ""] = words(0);
			if (program === "turnserver") return existsSync("/usr/bin/turnserver");
			return existsSync(program) && (script !== NODE_PROGRAM || existsSync(script));
		});
		const results = all.map((): Result[] => []);
		for (let round = 0; round < ROUNDS; round++) {
			for (const [i, contender] of all.entries())
				results[i].push(await measure(contender, folder, FIRST_PORT + round * all.length + i, seconds));
		}
		for (const [i, { name }] of all.entries()) print(name, results[i]);
		const best = (name: string): number =>
			median(results[all.findIndex((other) => other.name === name)]?.map(({ perCpuSecond }) => perCpuSecond) ?? [0]);
		for (const [ours, other] of GOALS) {
			const isMet = best(ours) >= TOLERANCE * best(other);
			console.log(`${ours}: goal ${isMet ? "met" : "MISSED"}: ${best(ours)} per CPU second, ${other} ${best(other)}`);
		}
		return 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function measure(contender: Contender, folder: string, port: number, seconds: number): Promise<Result> {
	const server = spawn("taskset", ["-c", "0", ...contender.words(port)], { stdio: ["ignore", "ignore", "inherit"] });
	const ended = new Promise((done) => server.once("exit", done));
	try {
		const end = performance.now() + START_TIME;
		while (load(server, folder, port, 0.3).perSecond === 0) {
			if (performance.now() > end) throw new Error(`${contender.name} does not answer`);
			await sleep(200);
		}
		return load(server, folder, port, seconds);
	} finally {
		server.kill();
		await ended;
	}
}

function load(server: ChildProcess, folder: string, port: number, seconds: number): Result {
	const words = ["127.0.0.1", `${port}`, "20", `${seconds}`, `${server.pid}`];
	return JSON.parse(execFileSync("taskset", ["-c", "1", join(folder, "stun-load"), ...words], { encoding: "utf8" }));
}

function print(name: string, results: readonly Result[]): void {
	const of = (pick: (result: Result) => number): number => median(results.map(pick));
	const wrong = of((result) => result.wrong + result.stalls);
	console.log(
		`| ${name} | ${of((r) => r.perSecond)} | ${of((r) => r.perCpuSecond)} | ${of((r) => r.answer)} | ${of((r) => r.megabytes)} |${wrong > 0 ? ` ${wrong} wrong or lost` : ""}`,
	);
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

runProgram("bench", main);
