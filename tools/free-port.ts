import { once } from "node:events";
import { createServer } from "node:net";

/** The range of ports: below Linux's ephemeral ports. */
const FIRST = 10_000;
const LAST = 32_000;
/** Attempts before giving up. */
const TRIALS = 200;

/**
 * Finds free TCP ports on the loopback address.
 *
 * They are chosen at random, because several test processes search at the same time.
 * @param count how many in a row
 * @returns the first of them
 */
export async function freePort(count = 1): Promise<number> {
	for (let trial = 0; trial < TRIALS; trial++) {
		const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count));
		const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
		if (free.every(Boolean)) return first;
	}
	throw new Error(`no ${count} free ports in a row`);
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	const outcome = Promise.race([once(server, "listening").then(() => true), once(server, "error").then(() => false)]);
	server.listen(port, "127.0.0.1");
	if (!(await outcome)) return false;
	server.close();
	await once(server, "close");
	return true;
}
