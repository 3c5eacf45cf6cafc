import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { Router } from "../../../hosts/virtual/router";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { UdpRecorder } from "./sinks";

/** A home behind a router, and a server in the Internet, by IPv6. */
function home() {
	const world = new World(1);
	const wan = new Lan(world, { name: "internet", routed: true });
	const lan = new Lan(world);
	const router = new Router(world, "router", { lan, wan });
	router.inside.addIpv6({ address: "2003:1::1" });
	router.outside.addIpv6({ address: "2003::1", gateway: "2003::ff" });
	const inside = new VirtualMachine(world, "inside");
	const nic = inside.attach(lan);
	nic.addIpv6({ address: "2003:1::2", gateway: "2003:1::1" });
	// The Internet brings packets by destination: the router answers for its customer's network.
	wan.claim("2003:1::2", router.outside);
	const server = new VirtualMachine(world, "server");
	server.attach(wan).addIpv6({ address: "2003:2::1", gateway: "2003:2::1" });
	return { world, router, inside, server, nic };
}

describe("hosts-virtual/ipv6", () => {
	it("lists IPv6 paths separately, and reports changes", () => {
		const { world, inside, nic } = home();
		const [path] = inside.network.ipv6Paths();
		assert.deepEqual([path.name, path.address, path.prefix, path.gateway], ["eth0", "2003:1::2", 64, "2003:1::1"]);
		assert.equal(inside.network.paths()[0].name, "lo");
		world.runFor(1);
		let changes = 0;
		inside.network.watch(() => changes++);
		nic.addIpv6({ address: "fd00::2" });
		nic.removeIpv6("2003:1::2");
		world.runFor(1);
		assert.deepEqual([changes, inside.network.ipv6Paths().map(({ address }) => address)], [2, ["fd00::2"]]);
	});

	it("accepts only canonical addresses that are not link-local", () => {
		const { nic } = home();
		for (const address of ["192.0.2.1", "2003:1:0::3", "FD00::1", "fe80::1", "x"]) {
			assert.throws(() => nic.addIpv6({ address }), RangeError, address);
		}
	});

	it("passes packets from the home to the Internet without translation, and answers back in", () => {
		const { world, inside, server } = home();
		const a = new UdpRecorder(inside.network, { port: 5000, address: "::" });
		const b = new UdpRecorder(server.network, { port: 7000, address: "::" });
		world.runFor(1);
		a.say("hello", "2003:2::1", 7000);
		world.runFor(50);
		assert.deepEqual(b.heard, ["2003:1::2:5000 hello"]);
		b.say("back", "2003:1::2", 5000);
		world.runFor(50);
		assert.deepEqual(a.heard, ["2003:2::1:7000 back"]);
	});

	it("drops packets from outside that are not answers, or are too late", () => {
		const { world, inside, server } = home();
		const a = new UdpRecorder(inside.network, { port: 5000, address: "::" });
		const b = new UdpRecorder(server.network, { port: 7000, address: "::" });
		world.runFor(1);
		b.say("stranger", "2003:1::2", 5000);
		a.say("hello", "2003:2::1", 7000);
		world.runFor(121_000);
		b.say("late", "2003:1::2", 5000);
		world.runFor(50);
		assert.deepEqual([a.heard, b.texts], [[], ["hello"]]);
	});

	it("carries IPv6 multicast to the members of a group", () => {
		const world = new World(2);
		const lan = new Lan(world);
		const [a, b, c] = [1, 2, 3].map((number) => {
			const machine = new VirtualMachine(world, `${number}`);
			machine.attach(lan).addIpv6({ address: `fd00::${number}` });
			return machine;
		});
		const [path] = b.network.ipv6Paths();
		const member = new UdpRecorder(b.network, { port: 5000, path, groups: ["ff02::77"] });
		const stranger = new UdpRecorder(c.network, { port: 5000, address: "::" });
		const sender = new UdpRecorder(a.network, { port: 5000, path: a.network.ipv6Paths()[0] });
		world.runFor(1);
		sender.say("all", "ff02::77", 5000);
		world.runFor(50);
		assert.deepEqual([member.heard, stranger.heard], [["fd00::1:5000 all"], []]);
	});
});
