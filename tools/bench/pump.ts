import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Prng } from "../../src/base/prng";
import { buildTools, compile, OUT } from "../build-linux";
import { runProgram } from "../run-program";
import { MACHINES, PumpLoad } from "./pump-load";

/** Runs of each operation in a round, and rounds, of which the fastest counts. */
const RUNS = 200_000;
const ROUNDS = 5;
/** The longest time of the peer's timers; none of them comes. */
const SPAN = 60_000;

/** Measures the pump with 10,000 machines: time on Node.js beside its own timers, and slots on XS. */
async function main(): Promise<number> {
	const load = new PumpLoad();
	const prng = new Prng(1);
	const timers = Array.from({ length: MACHINES }, () => setTimeout(nothing, SPAN + prng.below(SPAN)));
	const rearm = (): void => {
		const i = prng.below(MACHINES);
		clearTimeout(timers[i]);
		timers[i] = setTimeout(nothing, SPAN + prng.below(SPAN));
	};
	console.log(`${MACHINES} machines; nanoseconds an operation, the best of ${ROUNDS} rounds:`);
	const peer = nanoseconds(rearm);
	show("clearTimeout and setTimeout (the peer)", peer, peer);
	show(
		"call through a handle, deadline moves",
		nanoseconds(() => load.call()),
		peer,
	);
	show(
		"ring: expire one machine, arm the next",
		nanoseconds(() => load.ring()),
		peer,
	);
	show(
		"event: call, emit, deliver",
		nanoseconds(() => load.event()),
		peer,
	);
	for (const timer of timers) clearTimeout(timer);

	const tree = join(OUT, "test-js");
	const program = buildTools();
	compile("test/xs", tree);
	const costs = JSON.parse(execFileSync(program, [tree, "test/xs/pump-cost"], { encoding: "utf8" }));
	console.log("slots on XS, garbage included:");
	for (const [operation, slots] of Object.entries(costs)) console.log(`  ${operation}: ${slots}`);
	return 0;
}

function nothing(): void {}

function nanoseconds(run: () => void): number {
	let best = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const start = process.hrtime.bigint();
		for (let i = 0; i < RUNS; i++) run();
		best = Math.min(best, Number(process.hrtime.bigint() - start) / RUNS);
	}
	return best;
}

function show(operation: string, time: number, peer: number): void {
	console.log(`  ${operation.padEnd(40)} ${time.toFixed(0).padStart(6)}  ${(time / peer).toFixed(2)} x the peer`);
}

runProgram("bench", main);
