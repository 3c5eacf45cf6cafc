import { spawnSync } from "node:child_process";
import { NodeNetwork } from "../../../hosts/node/network";
import { broadcastAddress } from "../../../src/core/ipv4";
import type { Path } from "../../../src/core/path";
import type { UdpOptions } from "../../../src/ports/net";
import { pause } from "../../support/until";

// The child of network.test.ts, alone in a network of its own: tells on standard output what it sees there.
const GROUP = "239.255.77.1";
const heard: string[] = [];

function ip(words: string): void {
	const { status, stderr } = spawnSync("ip", words.split(" "), { encoding: "utf8" });
	if (status !== 0) throw new Error(`ip ${words}: ${stderr}`);
}

function changed(network: NodeNetwork, make: () => void): Promise<readonly Path[]> {
	return new Promise((done) => {
		network.watch(() => {
			network.watch(undefined);
			done(network.paths());
		});
		make();
	});
}

function udp(network: NodeNetwork, name: string, options: UdpOptions) {
	return new Promise<ReturnType<NodeNetwork["udp"]>>((done, failed) => {
		const socket = network.udp(options, {
			opened: () => done(socket),
			received: (bytes, address) => heard.push(`${name} hears ${Buffer.from(bytes)} of ${address}`),
			failed: (why, detail) => failed(new Error(`${why}: ${detail}`)),
		});
	});
}

async function main(): Promise<void> {
	// A watcher does not keep a program alive.
	const alive = setInterval(() => {}, 1000);
	const network = new NodeNetwork();
	const none = network.paths();
	const loopback = await changed(network, () => ip("link set lo up"));
	const two = await changed(network, () => {
		ip("link add one type veth peer name two");
		for (const [name, net] of [
			["one", "10.1.0"],
			["two", "10.2.0"],
		]) {
			ip(`address add ${net}.1/24 broadcast + dev ${name}`);
			ip(`link set ${name} up`);
		}
		ip("route add default via 10.1.0.254");
	});
	const sockets = [];
	for (const path of two) {
		sockets.push(await udp(network, path.name, { port: 7001, reuse: true, path, groups: [GROUP], broadcast: true }));
	}
	for (const path of two) {
		const sender = await udp(network, "sender", { port: 0, path, broadcast: true });
		const targets = [GROUP, broadcastAddress(path.address, path.prefix), "255.255.255.255", path.address];
		for (const target of targets) {
			const bytes = new TextEncoder().encode(target);
			sender.send(bytes, 0, bytes.length, target, 7001);
		}
		await pause(200);
		sender.close();
	}
	for (const socket of sockets) socket.close();
	clearInterval(alive);
	console.log(JSON.stringify({ none, loopback, two, heard }));
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
