import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { POISON } from "../../../hosts/virtual/virtual-udp";
import { World } from "../../../hosts/virtual/world";
import { UdpRecorder } from "./sinks";

const GROUP = "239.1.2.3";

function pair(): { world: World; a: VirtualMachine; b: VirtualMachine } {
	const world = new World(1);
	const lan = new Lan(world);
	const a = new VirtualMachine(world, "a");
	const b = new VirtualMachine(world, "b");
	a.attach(lan, { address: "10.0.0.1" });
	b.attach(lan, { address: "10.0.0.2" });
	world.runFor(1);
	return { world, a, b };
}

describe("hosts-virtual/virtual-udp", () => {
	it("opens after the call, on the given port or any free one", () => {
		const { world, a } = pair();
		const fixed = new UdpRecorder(a.network, { port: 77 });
		const free = new UdpRecorder(a.network, { port: 0 });
		assert.deepEqual([fixed.isOpen, fixed.socket.port], [false, 0]);
		world.runFor(0);
		assert.deepEqual([fixed.isOpen, fixed.socket.port], [true, 77]);
		assert.ok(free.socket.port >= 49152);
	});

	it("refuses a port in use, unless all sockets share it, and an address of another machine", () => {
		const { world, a } = pair();
		const options: [Parameters<typeof a.network.udp>[0], string | undefined][] = [
			[{ port: 77 }, undefined],
			[{ port: 77 }, "in-use"],
			[{ port: 77, reuse: true }, "in-use"],
			[{ port: 78, reuse: true }, undefined],
			[{ port: 78, reuse: true }, undefined],
			[{ port: 79, address: "10.0.0.1" }, undefined],
			[{ port: 79, address: "127.0.0.1" }, undefined],
			[{ port: 79 }, "in-use"],
			[{ port: 80, address: "10.0.0.9" }, "no-address"],
			[{ port: 80, path: { name: "eth9", address: "10.0.0.9", prefix: 24 } }, "no-address"],
		];
		const ends = options.map(([option]) => new UdpRecorder(a.network, option));
		world.runFor(0);
		assert.deepEqual(
			ends.map((end) => end.failure),
			options.map(([, why]) => why),
		);
		ends[0].socket.close();
		const again = new UdpRecorder(a.network, { port: 77 });
		world.runFor(0);
		assert.equal(again.isOpen, true);
	});

	it("receives only its own groups, and nothing after close", () => {
		const { world, a, b } = pair();
		const path = b.network.paths()[0];
		const member = new UdpRecorder(b.network, { port: 5, reuse: true, path, groups: [GROUP] });
		const other = new UdpRecorder(b.network, { port: 5, reuse: true, path });
		const bound = new UdpRecorder(b.network, { port: 5, reuse: true, address: "10.0.0.2", groups: [GROUP] });
		const sender = new UdpRecorder(a.network, { port: 6, path: a.network.paths()[0], broadcast: true });
		const mute = new UdpRecorder(a.network, { port: 7, path: a.network.paths()[0] });
		world.runFor(1);
		sender.say("group", GROUP, 5);
		sender.say("all", "10.0.0.255", 5);
		sender.say("one", "10.0.0.2", 5);
		mute.say("not allowed", "10.0.0.255", 5);
		world.runFor(1);
		assert.deepEqual([member.texts, other.texts, bound.texts], [["group", "all"], ["all"], ["one"]]);
		member.socket.close();
		member.socket.close();
		sender.say("more", GROUP, 5);
		world.runFor(1);
		assert.equal(member.heard.length, 2);
	});

	it("copies sent octets, and overwrites received ones after the call", () => {
		const { world, a, b } = pair();
		let kept = new Uint8Array(0);
		b.network.udp(
			{ port: 5 },
			{
				opened() {},
				received: (bytes) => {
					assert.deepEqual([...bytes], [1, 2]);
					kept = bytes as Uint8Array<ArrayBuffer>;
				},
				failed: () => assert.fail(),
			},
		);
		const sender = new UdpRecorder(a.network, { port: 6 });
		world.runFor(1);
		const bytes = new Uint8Array([0, 1, 2, 3]);
		sender.socket.send(bytes, 1, 3, "10.0.0.2", 5);
		bytes.fill(9);
		world.runFor(1);
		assert.deepEqual([...kept], [POISON, POISON]);
	});

	it("delivers datagrams to its own machine", () => {
		const { world, a } = pair();
		const end = new UdpRecorder(a.network, { port: 5 });
		world.runFor(1);
		end.say("me", "10.0.0.1", 5);
		end.say("me", "127.0.0.1", 5);
		assert.deepEqual(end.heard, []);
		world.runFor(1);
		assert.deepEqual(end.heard, ["10.0.0.1:5 me", "127.0.0.1:5 me"]);
	});
});
