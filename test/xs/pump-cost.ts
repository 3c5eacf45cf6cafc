import process from "porthole:process";
import { PumpLoad } from "../../tools/bench/pump-load";

/** Measures on XS what a call, a ring and an event of the pump take: slots, garbage included. For tools/bench/pump. */
const ROUNDS = 100;

function slotsOf(run: () => void): number {
	for (let i = 0; i < ROUNDS; i++) run();
	process.collect();
	const before = process.slots;
	for (let i = 0; i < ROUNDS; i++) run();
	return (process.slots - before) / ROUNDS;
}

const load = new PumpLoad();
const costs = {
	call: slotsOf(() => load.call()),
	ring: slotsOf(() => load.ring()),
	event: slotsOf(() => load.event()),
};
process.print(`${JSON.stringify(costs)}\n`);
process.exit(0);
