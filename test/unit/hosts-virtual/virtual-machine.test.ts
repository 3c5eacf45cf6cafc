import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { dial, ListenRecorder, UdpRecorder } from "./sinks";

describe("hosts-virtual/virtual-machine", () => {
	it("keeps only its store, its log and its cables in a crash, without notice", () => {
		const world = new World(1);
		const lan = new Lan(world);
		const [a, b] = ["10.0.0.1", "10.0.0.2"].map((address) => {
			const machine = new VirtualMachine(world, address);
			machine.attach(lan, { address });
			return machine;
		});
		const listener = new ListenRecorder(b.network, 80);
		const udp = new UdpRecorder(b.network, { port: 5, path: b.network.paths()[0], groups: ["239.0.0.1"] });
		world.runFor(1);
		const stream = dial(a.network, "10.0.0.2", 80);
		const sender = new UdpRecorder(a.network, { port: 6 });
		let rang = 0;
		b.clock.set(5000, () => rang++);
		b.store.write("name", "server 1");
		b.log.write("info", "test", "before");
		world.runFor(100);
		const old = b.network;
		b.crash();
		sender.say("into the dark", "10.0.0.2", 5);
		world.runFor(10_000);
		assert.deepEqual([rang, udp.heard.length, listener.accepts[0].events], [0, 0, ["room"]]);
		assert.deepEqual(stream.events, ["room"], "a silent peer is not missed");
		b.powerOn();
		assert.notEqual(b.network, old);
		assert.equal(b.store.read("name"), "server 1");
		assert.equal(b.log.lines[0].text, "before");
		assert.equal(b.clock.now(), 0);
		stream.write("still there?");
		sender.say("nobody listens", "10.0.0.2", 5);
		world.runFor(1000);
		assert.deepEqual(stream.events, ["room", "ended reset", "gone"]);
		const late = new UdpRecorder(old, { port: 5 });
		world.runFor(10);
		assert.equal(late.isOpen, false, "a network before the crash stays dead");
	});

	it("has one alarm, which can be replaced and cancelled, and rings in time or at once", () => {
		const world = new World(1);
		world.run(1234.5);
		const { clock } = new VirtualMachine(world, "a");
		const rang: string[] = [];
		clock.set(10, () => rang.push("replaced"));
		clock.set(20, () => rang.push(`twenty ${clock.now()}`));
		world.runFor(100);
		clock.set(150, () => rang.push("cancelled"));
		clock.set(Infinity, () => {});
		world.runFor(100);
		clock.set(3, () => rang.push("late"));
		assert.equal(rang.length, 1);
		world.runFor(0);
		clock.set(clock.now() + 0.5, () => rang.push(`fraction ${clock.now()}`));
		world.runFor(2);
		assert.deepEqual(rang, ["twenty 20", "late", "fraction 202"].slice(0, 2).concat(rang.slice(2)));
		assert.equal(rang.length, 3);
		assert.equal(clock.utc(), world.utc + Math.floor(world.now));
		assert.equal(new VirtualMachine(world, "b", { knowsDate: false }).clock.utc(), undefined);
	});

	it("refuses invalid keys and values that are too long", () => {
		const { store } = new VirtualMachine(new World(1), "a");
		for (const key of ["", "UPPER", "sixteen-letters.", "sp ace"]) assert.throws(() => store.read(key), RangeError);
		store.write("k", "ä".repeat(2000));
		assert.throws(() => store.write("k", "ä".repeat(2001)), RangeError);
		store.delete("k");
		assert.equal(store.read("k"), undefined);
		store.broken = true;
		assert.throws(() => store.write("k", ""), /medium/);
	});

	it("gets an address later, changes and loses it (IMG-1)", () => {
		const world = new World(1);
		const lan = new Lan(world);
		const a = new VirtualMachine(world, "a");
		const nic = a.attach(lan);
		let changes = 0;
		a.network.watch(() => changes++);
		assert.equal(a.network.paths()[0].name, "lo");
		nic.configure({ address: "10.0.0.1", gateway: "10.0.0.254" });
		world.runFor(1);
		const { mac, ...path } = a.network.paths()[0];
		assert.deepEqual(path, { name: "eth0", address: "10.0.0.1", prefix: 24, gateway: "10.0.0.254" });
		assert.match(mac ?? "", /^02(:[0-9a-f]{2}){5}$/);
		nic.configure({ address: "10.0.0.7" });
		nic.configure(undefined);
		world.runFor(1);
		assert.equal(a.address, "");
		assert.equal(changes, 3);
	});

	it("routes between networks, for a limited number of hops", () => {
		const world = new World(1);
		const [left, right] = [new Lan(world), new Lan(world)];
		const a = new VirtualMachine(world, "a");
		const b = new VirtualMachine(world, "b");
		const router = new VirtualMachine(world, "r");
		a.attach(left, { address: "10.0.1.1", gateway: "10.0.1.254" });
		b.attach(right, { address: "10.0.2.1", gateway: "10.0.2.254" });
		router.attach(left, { address: "10.0.1.254" });
		router.attach(right, { address: "10.0.2.254" });
		router.forwarding = true;
		const ends = [a, b].map((machine) => new UdpRecorder(machine.network, { port: 5 }));
		world.runFor(1);
		ends[0].say("over there", "10.0.2.1", 5);
		ends[0].say("nowhere", "10.9.9.9", 5);
		world.runFor(100);
		assert.deepEqual(ends[1].heard, ["10.0.1.1:5 over there"]);
	});
});
