import { Timer } from "./timers";

let queue: (() => void)[] = [];

/** Calls `what` after the current call into the program has returned, in order. Not for hot paths: it allocates. */
export function later(what: () => void): void {
	queue.push(what);
	if (queue.length === 1) Timer.set(run, 0);
}

function run(): void {
	const calls = queue;
	queue = [];
	for (const call of calls) call();
}
