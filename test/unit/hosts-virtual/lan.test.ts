import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { formatPacket, isMulticast } from "../../../hosts/virtual/packet";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { UdpRecorder } from "./sinks";

const GROUP = "239.255.255.250";

function machines(world: World, lan: Lan, count: number): VirtualMachine[] {
	const made: VirtualMachine[] = [];
	for (let i = 0; i < count; i++) {
		const machine = new VirtualMachine(world, `m${i}`);
		machine.attach(lan, { address: `192.168.0.${10 + i}` });
		made.push(machine);
	}
	return made;
}

describe("hosts-virtual/lan", () => {
	it("delivers unicast to one, broadcast to all, multicast to members of the group", () => {
		const world = new World(1);
		const ends = machines(world, new Lan(world), 4).map((machine, i) => {
			const path = machine.network.paths()[0];
			const groups = i === 2 ? [] : [GROUP];
			return new UdpRecorder(machine.network, { port: 1900, reuse: true, path, groups, broadcast: true });
		});
		world.runFor(1);
		ends[0].say("one", "192.168.0.11", 1900);
		ends[0].say("all", "192.168.0.255", 1900);
		ends[0].say("everywhere", "255.255.255.255", 1900);
		ends[0].say("group", GROUP, 1900);
		ends[0].say("nobody", "192.168.0.99", 1900);
		world.runFor(5);
		const from = (text: string): string => `192.168.0.10:1900 ${text}`;
		assert.deepEqual(ends[1].heard, [from("one"), from("all"), from("everywhere"), from("group")]);
		assert.deepEqual(ends[2].texts, ["all", "everywhere"]);
		assert.deepEqual(ends[3].texts, ["all", "everywhere", "group"]);
		assert.deepEqual(ends[0].texts, ["all", "everywhere", "group"], "looped back, as real stacks do");
	});

	it("loses multicast for each receiver independently", () => {
		const world = new World(5);
		const lan = new Lan(world, { link: { loss: 0.1 } });
		const all = machines(world, lan, 20);
		const ends = all.map((machine) => {
			return new UdpRecorder(machine.network, { port: 5, path: machine.network.paths()[0], groups: [GROUP] });
		});
		all[0].nics[0].link.settings.loss = 0;
		world.runFor(1);
		for (let i = 0; i < 100; i++) ends[0].say(`${i}`, GROUP, 5);
		world.runFor(5);
		const lost = ends.slice(1).map((end) => 100 - end.heard.length);
		assert.ok(
			lost.every((count) => count > 0 && count < 35),
			lost.join(),
		);
		assert.ok(new Set(ends.map((end) => end.texts.join())).size > 15);
	});

	it("has neither broadcast nor multicast when it is routed, and reaches every host", () => {
		const world = new World(1);
		const internet = new Lan(world, { routed: true });
		const [a, b] = ["198.20.0.1", "8.8.4.4"].map((address) => {
			const machine = new VirtualMachine(world, address);
			machine.attach(internet, { address, gateway: "198.20.0.254" });
			const path = machine.network.paths()[0];
			return new UdpRecorder(machine.network, { port: 9, path, groups: [GROUP], broadcast: true });
		});
		world.runFor(1);
		for (const to of ["8.8.4.4", GROUP, "255.255.255.255"]) a.say("hello", to, 9);
		world.runFor(5);
		assert.deepEqual(b.heard, ["198.20.0.1:9 hello"]);
	});

	it("loses packets in flight when a cable is unplugged", () => {
		const world = new World(1);
		const [a, b] = machines(world, new Lan(world, { link: { delay: 10 } }), 2);
		const ends = [a, b].map((machine) => new UdpRecorder(machine.network, { port: 9 }));
		const paths: number[] = [];
		world.runFor(1);
		b.network.watch(() => paths.push(b.nics.filter((nic) => nic.up).length));
		ends[0].say("lost on the way", b.address, 9);
		world.runFor(15);
		b.nics[0].link.up = false;
		assert.equal(b.network.paths()[0].name, "lo");
		world.runFor(10);
		ends[0].say("lost", b.address, 9);
		world.runFor(30);
		b.nics[0].link.up = true;
		ends[0].say("there", b.address, 9);
		world.runFor(30);
		assert.deepEqual(ends[1].texts, ["there"]);
		assert.deepEqual(paths, [0, 1]);
	});

	it("captures each packet, the same for the same seed", () => {
		const trace = (seed: number): string[] => {
			const world = new World(seed);
			const lines: string[] = [];
			const lan = new Lan(world, { link: { jitter: 5, loss: 0.1, duplication: 0.1, reordering: 0.1 } });
			lan.capture = (at, packet) => lines.push(`${at} ${formatPacket(packet)}`);
			const ends = machines(world, lan, 3).map((machine) => {
				const end = new UdpRecorder(machine.network, { port: 0, path: machine.network.paths()[0], groups: [GROUP] });
				world.after(1 + machine.random.unit() * 10, () => end.say(machine.name, "192.168.0.12", end.socket.port));
				return end;
			});
			world.runFor(5);
			for (let i = 0; i < 50; i++) {
				for (const end of ends) end.say(`${i}`, GROUP, ends[0].socket.port);
				world.runFor(3);
			}
			return [...lines, ...ends.flatMap((end) => end.heard)];
		};
		assert.deepEqual(trace(11), trace(11));
		assert.notDeepEqual(trace(11), trace(12));
	});

	it("recognises multicast addresses", () => {
		const cases: [string, boolean][] = [
			["224.0.0.1", true],
			["239.255.255.250", true],
			["240.0.0.1", false],
			["223.0.0.1", false],
			["22.4.0.1", false],
			["255.255.255.255", false],
		];
		for (const [address, expected] of cases) assert.equal(isMulticast(address), expected, address);
	});

	it("carries 250 machines that announce themselves every second for a minute within a test's time-out", () => {
		const world = new World(1);
		const lan = new Lan(world);
		let heard = 0;
		const bytes = new Uint8Array(200);
		for (let i = 0; i < 250; i++) {
			const machine = new VirtualMachine(world, `m${i}`);
			machine.attach(lan, { address: `10.0.${i >> 7}.${(i & 127) + 1}`, prefix: 16 });
			const socket = machine.network.udp(
				{ port: 7, path: machine.network.paths()[0], groups: [GROUP] },
				{ opened() {}, received: () => heard++, failed: () => assert.fail() },
			);
			const announce = (): void => {
				socket.send(bytes, 0, bytes.length, GROUP, 7);
				world.after(1000, announce);
			};
			world.after(1 + machine.random.unit() * 1000, announce);
		}
		world.run(60_000);
		assert.ok(heard > 250 * 250 * 58);
	});
});
