import { once } from "node:events";
import { createServer, type ListenOptions, type Server } from "node:net";

/** The range of ports: below Linux's ephemeral ports. */
const FIRST = 10_000;
const LAST = 32_000;
/** Attempts before giving up. */
const TRIALS = 200;

/**
 * Finds free TCP ports on the loopback address, which no other call gets, in any process, until this process ends.
 * @param count how many in a row
 * @returns the first of them
 */
export async function freePort(count = 1): Promise<number> {
	for (let trial = 0; trial < TRIALS; trial++) {
		const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count));
		const ports = Array.from({ length: count }, (_, i) => first + i);
		const free = await Promise.all(ports.map(async (port) => (await isFreePort(port, "127.0.0.1")) && claim(port)));
		if (free.every(Boolean)) return first;
	}
	throw new Error(`no ${count} free ports in a row`);
}

/** Tells whether a TCP port can be opened on an address. */
export async function isFreePort(port: number, address: string): Promise<boolean> {
	if (!(port >= 1 && port <= 65535)) return false;
	const server = await listen({ port, host: address });
	server?.close();
	if (server !== undefined) await once(server, "close");
	return server !== undefined;
}

/** Takes the name of a port among all processes here: a socket in Linux's abstract namespace, which ends with the process. */
async function claim(port: number): Promise<boolean> {
	const server = await listen({ path: `\0porthole-port-${port}` });
	server?.unref();
	return server !== undefined;
}

/** @returns `undefined` when it can't be opened */
function listen(options: ListenOptions): Promise<Server | undefined> {
	const server = createServer();
	// `once` of node:events would reject at an error.
	return new Promise((resolve) => {
		server.once("listening", () => resolve(server));
		server.once("error", () => resolve(undefined));
		server.listen(options);
	});
}
