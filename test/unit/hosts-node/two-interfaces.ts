import { spawnSync } from "node:child_process";
import { NodeNetwork } from "../../../hosts/node/network";
import { broadcastAddress } from "../../../src/core/ipv4";
import type { Path } from "../../../src/core/path";
import type { Stream, UdpOptions } from "../../../src/ports/net";
import { pause } from "../../support/until";

// The child of network.test.ts, alone in a network of its own: tells on standard output what it sees there.
const GROUP = "239.255.77.1";
const GROUP_IPV6 = "ff02::7777";
const heard: string[] = [];

function ip(words: string): void {
	const { status, stderr } = spawnSync("ip", words.split(" "), { encoding: "utf8" });
	if (status !== 0) throw new Error(`ip ${words}: ${stderr}`);
}

/** Waits for what takes the kernel a while: an address of IPv6 is tentative at first. */
async function ipv6PathsWhen(network: NodeNetwork, count: number): Promise<readonly Path[]> {
	for (let tries = 0; tries < 100 && network.ipv6Paths().length < count; tries++) await pause(100);
	return network.ipv6Paths();
}

/** Connects to a listener at an address with a zone. @returns the addresses of both ends, as both ends see them */
function linkLocalConnection(network: NodeNetwork, address: string): Promise<readonly string[]> {
	return new Promise((done, failed) => {
		const nothing = { room() {}, received() {}, gone() {} };
		const accepting = {
			opened: () => {
				const stream = network.connect({ address, port: listener.port }, { ...nothing, ended: failed });
				accepting.client = () => [stream.localAddress, stream.remoteAddress];
			},
			client: (): string[] => [],
			accepted: (stream: Stream) => {
				setTimeout(() => {
					done([...accepting.client(), stream.localAddress, stream.remoteAddress]);
					listener.close();
					stream.abort();
				}, 50);
				return { ...nothing, ended: () => {} };
			},
			failed,
		};
		const listener = network.listen({ port: 0, address }, accepting);
	});
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
			received: (bytes, { address }) => heard.push(`${name} hears ${Buffer.from(bytes)} of ${address}`),
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
			ip(`address add fd00:${net.split(".")[1]}::1/64 dev ${name}`);
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
		await pause(1000);
		sender.close();
	}
	for (const socket of sockets) socket.close();
	const ipv4 = heard.splice(0);
	const ipv6 = await ipv6PathsWhen(network, 4);
	const linkLocal = ipv6.filter(({ address }) => address.startsWith("fe80"));
	const members = [];
	for (const path of linkLocal) {
		members.push(await udp(network, path.name, { port: 7002, reuse: true, path, groups: [GROUP_IPV6] }));
	}
	for (const path of linkLocal) {
		const sender = await udp(network, "sender", { port: 0, address: path.address, path });
		for (const target of [GROUP_IPV6, path.address]) {
			const bytes = new TextEncoder().encode(target);
			sender.send(bytes, 0, bytes.length, target, 7002);
		}
		await pause(1000);
		sender.close();
	}
	for (const member of members) member.close();
	const connection = await linkLocalConnection(network, linkLocal[0].address);
	clearInterval(alive);
	console.log(JSON.stringify({ none, loopback, two, heard: ipv4, ipv6, heardIpv6: heard, connection }));
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
