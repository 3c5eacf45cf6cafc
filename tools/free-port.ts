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
		const free = await Promise.all(Array.from({ length: count }, (_, i) => isFreePort(first + i, "127.0.0.1")));
		if (free.every(Boolean)) return first;
	}
	throw new Error(`no ${count} free ports in a row`);
}

/** Tells whether a TCP port can be opened on an address. */
export async function isFreePort(port: number, address: string): Promise<boolean> {
	if (!(port >= 1 && port <= 65535)) return false;
	const server = createServer();
	// `once` would reject at an error.
	const outcome = new Promise<boolean>((resolve) => {
		server.once("listening", () => resolve(true));
		server.once("error", () => resolve(false));
	});
	server.listen(port, address);
	if (!(await outcome)) return false;
	server.close();
	await once(server, "close");
	return true;
}
