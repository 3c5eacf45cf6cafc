import { createSocket } from "node:dgram";
import { cleanFloatingAddress } from "../../hosts/node/clean-floating-address";
import { NodeFloatingAddress } from "../../hosts/node/floating-address";
import { NodeNetwork } from "../../hosts/node/network";

// The child process of floating-address.test.ts in a namespace of the lab. `hold NAME ADDRESS` takes the address at
// SIGUSR1, gives it back at SIGUSR2 and answers datagrams with its name; `ask ADDRESS` sends datagrams there all the time;
// `clean ADDRESS` removes a leftover address. Prints what happens.
const PORT = 7009;
/** Milliseconds between two datagrams, and the silence after which the next answer is printed. */
const ASK_PERIOD = 5;
const GAP = 100;

function tell(words: string): void {
	process.stdout.write(`${words}\n`);
}

function hold(name: string, address: string): void {
	const socket = createSocket("udp4");
	socket.on("message", (_, { address: from, port }) => socket.send(name, port, from));
	socket.bind(PORT);
	const network = new NodeNetwork({ leaveOut: [address] });
	const floating = new NodeFloatingAddress();
	let asked = 0;
	const since = (): string => `${Math.round(performance.now() - asked)} ms`;
	process.on("SIGUSR1", () => {
		asked = performance.now();
		floating.take(network.paths()[0], address, {
			taken: () => {
				tell(`taken after ${since()}`);
				tell(`paths ${network.paths().map((path) => path.address)}`);
			},
			failed: (why, detail) => tell(`failed ${why} after ${since()}: ${detail}`),
			conflict: (detail) => tell(`conflict: ${detail}`),
		});
	});
	process.on("SIGUSR2", () => {
		asked = performance.now();
		floating.release(() => tell(`released after ${since()}`));
	});
	process.on("SIGINT", () => floating.release(() => process.exit(0)));
	tell("ready");
}

function ask(address: string): void {
	const socket = createSocket("udp4");
	let last = performance.now();
	let who = "";
	socket.on("message", (bytes) => {
		const now = performance.now();
		const name = bytes.toString("latin1");
		if (name !== who || now - last > GAP) tell(`${name} answers at ${Date.now()}`);
		who = name;
		last = now;
	});
	// Sending fails until the address is known.
	socket.on("error", () => {});
	setInterval(() => socket.send("?", PORT, address, () => {}), ASK_PERIOD);
	tell("ready");
}

const [role, ...words] = process.argv.slice(2);
if (role === "hold") hold(words[0], words[1]);
else if (role === "ask") ask(words[0]);
else if (role === "clean") cleanFloatingAddress(words[0]).then((gone) => tell(`gone ${gone}`));
