import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { dial, ListenRecorder, UdpRecorder } from "./sinks";

const GROUP = "239.255.255.250";
const BROADCAST = "192.168.0.255";

describe("hosts-virtual/lan partitions", () => {
	function home(count: number, delay = 0.2) {
		const world = new World(1);
		const lan = new Lan(world, { link: { delay } });
		const machines = Array.from({ length: count }, (_, i) => {
			const machine = new VirtualMachine(world, `m${i}`);
			machine.attach(lan, { address: `192.168.0.${10 + i}` });
			return machine;
		});
		const ends = machines.map((machine) => {
			return new UdpRecorder(machine.network, {
				port: 9,
				path: machine.network.paths()[0],
				groups: [GROUP],
				broadcast: true,
			});
		});
		world.runFor(1);
		return { world, lan, machines, ends, nics: machines.map((machine) => machine.nics[0]) };
	}

	it("keeps unicast, broadcast and multicast within each group until it is healed (IMG-25)", () => {
		const { world, lan, machines, ends, nics } = home(4);
		const sayAll = (word: string): void => {
			for (const to of [...machines.map((machine) => machine.address), BROADCAST, GROUP]) ends[0].say(word, to, 9);
			world.runFor(5);
		};
		lan.partition([
			[nics[0], nics[1]],
			[nics[2], nics[3]],
		]);
		sayAll("torn");
		assert.deepEqual(ends[1].texts, ["torn", "torn", "torn"]);
		assert.deepEqual(ends[2].texts, []);
		assert.deepEqual(ends[3].texts, []);
		lan.heal();
		sayAll("healed");
		for (const end of [ends[2], ends[3]]) assert.deepEqual(end.texts, ["healed", "healed", "healed"]);
	});

	it("treats interfaces in no group as one more group", () => {
		const { world, lan, ends, nics } = home(4);
		lan.partition([[nics[0]]]);
		ends[0].say("alone", BROADCAST, 9);
		ends[1].say("the rest", BROADCAST, 9);
		world.runFor(5);
		assert.deepEqual(
			ends.map((end) => end.texts),
			[["alone"], ["the rest"], ["the rest"], ["the rest"]],
		);
	});

	it("loses packets in flight between groups, and counts them", () => {
		const { world, lan, ends, nics } = home(3, 10);
		ends[0].say("one", "192.168.0.11", 9);
		ends[0].say("all", GROUP, 9);
		world.runFor(15);
		lan.partition([[nics[0]], [nics[1]]]);
		const before = nics[1].link.lost;
		world.runFor(15);
		assert.deepEqual(ends[1].texts, []);
		assert.deepEqual(ends[2].texts, []);
		assert.equal(nics[1].link.lost - before, 2);
	});

	it("stalls a TCP connection between groups, which continues when the network is healed", () => {
		const { world, lan, machines, nics } = home(2);
		const listening = new ListenRecorder(machines[1].network, 80);
		world.runFor(1);
		const client = dial(machines[0].network, "192.168.0.11", 80);
		world.runFor(5);
		lan.partition([[nics[0]], [nics[1]]]);
		client.write("over the gap");
		world.runFor(2000);
		assert.equal(listening.accepts[0].text, "");
		lan.heal();
		world.runFor(5000);
		assert.equal(listening.accepts[0].text, "over the gap");
	});

	it("delivers packets for an address in both groups to the holder in the own group (IMG-25)", () => {
		const { world, lan, machines, ends, nics } = home(4);
		lan.partition([
			[nics[0], nics[1]],
			[nics[2], nics[3]],
		]);
		nics[1].configure({ address: "192.168.0.50" });
		nics[2].configure({ address: "192.168.0.50" });
		ends[0].say("left", "192.168.0.50", 9);
		ends[3].say("right", "192.168.0.50", 9);
		world.runFor(5);
		assert.deepEqual(ends[1].texts, ["left"]);
		assert.deepEqual(ends[2].texts, ["right"]);
		lan.heal();
		ends[0].say("to the last who claimed it", "192.168.0.50", 9);
		world.runFor(5);
		assert.deepEqual(ends[2].texts, ["right", "to the last who claimed it"]);
		machines[2].nics[0].configure(undefined);
		ends[0].say("to the other", "192.168.0.50", 9);
		world.runFor(5);
		assert.deepEqual(ends[1].texts, ["left", "to the other"]);
	});

	it("refuses groups that overlap or contain interfaces of another network", () => {
		const { world, lan, nics } = home(2);
		assert.throws(() => lan.partition([[nics[0]], [nics[0]]]), RangeError);
		const elsewhere = new VirtualMachine(world, "elsewhere").attach(new Lan(world, { name: "other" }));
		assert.throws(() => lan.partition([[elsewhere]]), RangeError);
		assert.equal(lan.hears(nics[0], nics[1]), true, "a refused call changes nothing");
	});
});
