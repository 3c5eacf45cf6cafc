import assert from "node:assert/strict";
import { Lan } from "../../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../hosts/virtual/world";
import type { UdpSocket } from "../../../../src/ports/net";
import { ClientPortPair } from "../../../../src/stream/client/client-port-pair";
import { PortPairs } from "../../../../src/stream/units/port-pairs";

const bytes = (value: number) => new Uint8Array([value, 0]);

/** A client's ports, its server, and a machine of somebody else. */
class Scene {
	readonly world = new World(1);
	readonly lan = new Lan(this.world);
	readonly client = this.machine("client", 5);
	readonly server = this.machine("server", 9);
	readonly other = this.machine("other", 66);
	/** What came: `rtp 1`, `rtcp 2`. */
	readonly came: string[] = [];
	readonly pairs = new PortPairs(this.client.network, this.client.random);
	opened = 0;
	readonly pair = new ClientPortPair(this.pairs, "192.168.0.9", {
		portsOpened: (pair) => {
			this.opened += pair === undefined ? -1 : 1;
		},
		datagram: (isReport, [value]) => {
			this.came.push(`${isReport ? "rtcp" : "rtp"} ${value}`);
			return !isReport && value < 100;
		},
	});

	constructor() {
		this.pair.open("192.168.0.5");
		this.world.runFor(10);
	}

	machine(name: string, number: number): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(this.lan, { address: `192.168.0.${number}` });
		return machine;
	}

	/** A socket; what it receives goes to `got`. */
	socket(machine: VirtualMachine, port: number, got: string[] = []): UdpSocket {
		const socket = machine.network.udp(
			{ port },
			{ opened() {}, failed() {}, received: (_bytes, peer) => void got.push(`${peer.address}:${peer.port}`) },
		);
		this.world.runFor(1);
		return socket;
	}

	send(socket: UdpSocket, port: number, value: number): void {
		socket.send(bytes(value), 0, 2, "192.168.0.5", port);
		this.world.runFor(5);
	}
}

describe("stream/client-port-pair", () => {
	it("opens an even port and the next odd one, and frees them", () => {
		const { pair, pairs, opened } = new Scene();
		assert.equal(opened, 1);
		assert.equal(pair.rtpPort % 2, 0);
		assert.equal(pair.rtcpPort, pair.rtpPort + 1);
		assert.equal(pairs.size, 1);
		pair.close();
		pair.close();
		assert.equal(pairs.size, 0);
		assert.equal(pair.rtpPort, 0);
	});

	it("takes what the server sends, and nothing from elsewhere", () => {
		const scene = new Scene();
		const { pair, came } = scene;
		const server = scene.socket(scene.server, 6970);
		const reports = scene.socket(scene.server, 6971);
		const stranger = scene.socket(scene.other, 6970);
		pair.aim("", 6970, 6971);
		scene.send(stranger, pair.rtpPort, 1);
		scene.send(stranger, pair.rtcpPort, 2);
		scene.send(server, pair.rtpPort, 3);
		scene.send(reports, pair.rtcpPort, 4);
		assert.deepEqual(came, ["rtp 3", "rtcp 4"]);
		assert.equal(pair.drops.strangers, 2);
	});

	it("takes the video from the port of its first packet, whatever was advertised, and then from no other", () => {
		const scene = new Scene();
		const { pair, came } = scene;
		pair.aim("", 6970, 6971);
		const one = scene.socket(scene.server, 7000);
		const two = scene.socket(scene.server, 7002);
		// Not part of the video: it proves nothing.
		scene.send(two, pair.rtpPort, 200);
		scene.send(one, pair.rtpPort, 1);
		scene.send(two, pair.rtpPort, 2);
		scene.send(one, pair.rtpPort, 3);
		assert.deepEqual(came, ["rtp 200", "rtp 1", "rtp 3"]);
	});

	it("takes the address that the server names as the source, if it is that of one host", () => {
		for (const [source, from] of [
			["192.168.0.66", "other"],
			["", "server"],
			["camera.lan", "server"],
			["224.0.0.1", "server"],
			["0.0.0.0", "server"],
			["127.0.0.1", "server"],
			["2001:db8::1", "server"],
			["192.168.0.66 ", "server"],
		] as const) {
			const scene = new Scene();
			const got: string[] = [];
			const ports = [6970, 6971].map((port) => scene.socket(scene[from], port, got));
			scene.pair.aim(source, 6970, 6971);
			scene.pair.sendRtp(bytes(0), 0, 2);
			scene.pair.sendReport(bytes(0), 0, 2);
			scene.world.runFor(5);
			assert.deepEqual(got, [`192.168.0.5:${scene.pair.rtpPort}`, `192.168.0.5:${scene.pair.rtcpPort}`], source);
			scene.send(ports[0], scene.pair.rtpPort, 1);
			assert.deepEqual(scene.came, ["rtp 1"], source);
		}
	});

	it("sends nothing to a server that names no ports", () => {
		const scene = new Scene();
		const got: string[] = [];
		for (const port of [1, 2]) scene.socket(scene.server, port, got);
		scene.pair.aim("", 0, 0);
		scene.pair.sendRtp(bytes(0), 0, 2);
		scene.pair.sendReport(bytes(0), 0, 2);
		scene.world.runFor(5);
		assert.deepEqual(got, []);
	});
});
