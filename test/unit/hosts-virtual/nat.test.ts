import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import type { Forwards } from "../../../hosts/virtual/nat";
import { type Dependence, NAT_KINDS, type NatKind, type NatSettings } from "../../../hosts/virtual/nat-settings";
import { Router } from "../../../hosts/virtual/router";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { dial, ListenRecorder, UdpRecorder } from "./sinks";

interface Place {
	world: World;
	router: Router;
	inside: VirtualMachine[];
	outside: VirtualMachine[];
}

/** Two machines behind a router, three on the Internet. */
function place(nat: Partial<NatSettings>, forwards?: Forwards): Place {
	const world = new World(1);
	const lan = new Lan(world);
	const wan = new Lan(world, { routed: true });
	const outside = { address: "198.20.0.1", gateway: "198.20.0.254" };
	const router = new Router(world, "router", { lan, wan, outside }, nat, forwards);
	const inside = [11, 12].map((n) => {
		const machine = new VirtualMachine(world, `cam${n}`);
		machine.attach(lan, { address: `192.168.0.${n}`, gateway: "192.168.0.1" });
		return machine;
	});
	const hosts = ["8.0.0.1", "8.0.0.2", "9.0.0.3"].map((address) => {
		const machine = new VirtualMachine(world, address);
		machine.attach(wan, { address, gateway: "8.0.0.254" });
		return machine;
	});
	return { world, router, inside, outside: hosts };
}

const FORWARD_80: Forwards = {
	find: (_, port) => (port === 8080 ? { address: "192.168.0.11", port: 80 } : undefined),
};

describe("hosts-virtual/nat", () => {
	const kinds: [NatKind, number, boolean][] = [
		["cone", 1, true],
		["port-restricted", 1, false],
		["symmetric", 3, false],
		["random", 3, false],
	];
	for (const [kind, ports, letsStrangersIn] of kinds) {
		it(`${kind}: ${ports} outside port(s) for 3 peers, ${letsStrangersIn ? "accepts" : "drops"} packets from others`, () => {
			const { world, inside, outside } = place(NAT_KINDS[kind]);
			const camera = new UdpRecorder(inside[0].network, { port: 5000 });
			const peers = outside.map((machine) => new UdpRecorder(machine.network, { port: 7 }));
			const stranger = new UdpRecorder(outside[2].network, { port: 8 });
			world.runFor(1);
			for (const machine of outside) camera.say("hello", machine.address, 7);
			world.runFor(10);
			const seen = peers.map((peer) => peer.heard[0].split(" ")[0]);
			assert.equal(new Set(seen).size, ports);
			assert.equal(seen[0] === "198.20.0.1:5000", ports === 1, "the port is kept where it can be");
			const port = Number(seen[0].split(":")[1]);
			peers[0].say("answer", "198.20.0.1", port);
			stranger.say("knock", "198.20.0.1", port);
			peers[1].say("from another", "198.20.0.1", port);
			world.runFor(10);
			const expected = ["answer"];
			if (letsStrangersIn) expected.push("knock");
			if (letsStrangersIn || ports === 1) expected.push("from another");
			assert.deepEqual(camera.texts.sort(), expected.sort());
		});
	}

	const dependences: Dependence[] = ["EI", "AD", "APD"];
	for (const mapping of dependences) {
		for (const filtering of dependences) {
			it(`mapping ${mapping}, filtering ${filtering}: assigns ports and lets in what RFC 4787 says`, () => {
				const { world, inside, outside } = place({ mapping, filtering });
				const camera = new UdpRecorder(inside[0].network, { port: 5000 });
				const ports = [7, 8].map((port) => outside.map((machine) => new UdpRecorder(machine.network, { port })));
				world.runFor(1);
				camera.say("hello", outside[0].address, 7);
				camera.say("hello", outside[0].address, 8);
				camera.say("hello", outside[1].address, 7);
				world.runFor(10);
				const from = [ports[0][0], ports[1][0], ports[0][1]].map((peer) => peer.heard[0].split(" ")[0]);
				assert.equal(from[0], "198.20.0.1:5000");
				assert.deepEqual([from[1] === from[0], from[2] === from[0]], [mapping !== "APD", mapping === "EI"]);
				const unknown = new UdpRecorder(outside[0].network, { port: 9 });
				world.runFor(1);
				for (const [name, peer] of [
					["asked", ports[0][0]],
					["same address", unknown],
					["stranger", ports[0][2]],
				] as const) {
					peer.say(name, "198.20.0.1", 5000);
				}
				world.runFor(10);
				const expected = ["asked"];
				if (filtering !== "APD") expected.push("same address");
				if (filtering === "EI") expected.push("stranger");
				assert.deepEqual(camera.texts, expected);
			});
		}
	}

	it("draws outside ports at random", () => {
		const { world, inside, outside } = place(NAT_KINDS.random);
		const camera = new UdpRecorder(inside[0].network, { port: 5000 });
		const peers = [1, 2, 3, 4].map((port) => new UdpRecorder(outside[0].network, { port }));
		world.runFor(1);
		for (const port of [1, 2, 3, 4]) camera.say("hello", outside[0].address, port);
		world.runFor(10);
		const ports = peers.map((peer) => Number(peer.heard[0].split(" ")[0].split(":")[1]));
		assert.notDeepEqual(ports, [...ports].sort());
	});

	it("gives another port to a far end whose packets it took for itself before", () => {
		for (const [drops, early, same] of [
			[true, true, true],
			[false, true, false],
			[false, false, true],
		]) {
			const { world, inside, outside } = place({ drops });
			const camera = new UdpRecorder(inside[0].network, { port: 5000 });
			const [server, peer] = outside.map((machine) => new UdpRecorder(machine.network, { port: 7 }));
			world.runFor(1);
			camera.say("hello", outside[0].address, 7);
			world.runFor(1);
			if (early) peer.say("too early", "198.20.0.1", 5000);
			world.runFor(1);
			camera.say("hello", outside[1].address, 7);
			world.runFor(1);
			assert.equal(server.heard[0].split(" ")[0], "198.20.0.1:5000");
			assert.equal(peer.heard[0].split(" ")[0] === "198.20.0.1:5000", same, `drops: ${drops}, early: ${early}`);
			world.runFor(61_000);
			camera.say("hello again", outside[1].address, 7);
			world.runFor(1);
			assert.equal(peer.heard[1].split(" ")[0], "198.20.0.1:5000", "it is forgotten in time");
		}
	});

	it("has several outside addresses: one for each inside address, or one for each mapping", () => {
		const pool = ["198.20.0.2", "198.20.0.3"];
		for (const pooling of ["paired", "arbitrary"] as const) {
			const { world, inside, outside } = place({ mapping: "APD", pool, pooling });
			const camera = new UdpRecorder(inside[0].network, { port: 5000 });
			const peers = Array.from({ length: 12 }, (_, i) => new UdpRecorder(outside[0].network, { port: 100 + i }));
			world.runFor(1);
			for (let i = 0; i < peers.length; i++) camera.say("hello", outside[0].address, 100 + i);
			world.runFor(10);
			const addresses = new Set(peers.map((peer) => peer.heard[0].split(":")[0]));
			assert.equal(addresses.size, pooling === "paired" ? 1 : 3);
			const [address, port] = peers[0].heard[0].split(" ")[0].split(":");
			peers[0].say("answer", address, Number(port));
			peers[1].say("from a stranger", address, Number(port));
			world.runFor(10);
			assert.deepEqual(camera.texts, ["answer"]);
		}
	});

	it("two levels: a packet passes both, and an answer comes back", () => {
		const world = new World(1);
		const [home, carrier] = [new Lan(world), new Lan(world)];
		const wan = new Lan(world, { routed: true });
		const inside = { address: "100.64.0.1" };
		const outer = { lan: carrier, inside, wan, outside: { address: "198.20.0.1", gateway: "198.20.0.254" } };
		new Router(world, "carrier", outer, NAT_KINDS.random);
		const inner = { lan: home, wan: carrier, outside: { address: "100.64.0.7", gateway: "100.64.0.1" } };
		new Router(world, "home", inner);
		const machine = new VirtualMachine(world, "camera");
		machine.attach(home, { address: "192.168.0.11", gateway: "192.168.0.1" });
		const server = new VirtualMachine(world, "server");
		server.attach(wan, { address: "8.0.0.1", gateway: "8.0.0.254" });
		const camera = new UdpRecorder(machine.network, { port: 5000 });
		const peer = new UdpRecorder(server.network, { port: 7 });
		world.runFor(1);
		camera.say("hello", "8.0.0.1", 7);
		world.runFor(10);
		const [address, port] = peer.heard[0].split(" ")[0].split(":");
		assert.equal(address, "198.20.0.1");
		peer.say("answer", address, Number(port));
		world.runFor(10);
		assert.deepEqual(camera.texts, ["answer"]);
	});

	it("assigns different outside ports to two machines with the same port", () => {
		const { world, inside, outside } = place({});
		const cameras = inside.map((machine) => new UdpRecorder(machine.network, { port: 5000 }));
		const peer = new UdpRecorder(outside[0].network, { port: 7 });
		world.runFor(1);
		for (const camera of cameras) camera.say("hello", "8.0.0.1", 7);
		world.runFor(10);
		assert.equal(new Set(peer.heard.map((line) => line.split(" ")[0])).size, 2);
	});

	it("drops a UDP session after its timeout", () => {
		const { world, router, inside, outside } = place({ udpTimeout: 30_000 });
		const camera = new UdpRecorder(inside[0].network, { port: 5000 });
		const peer = new UdpRecorder(outside[0].network, { port: 7 });
		world.runFor(1);
		camera.say("hello", "8.0.0.1", 7);
		for (const span of [29_000, 29_000, 31_000]) {
			world.runFor(span);
			peer.say(`${span}`, "198.20.0.1", 5000);
		}
		world.runFor(10);
		assert.deepEqual(camera.texts, ["29000", "29000"]);
		assert.equal(router.nat.size, 0);
	});

	it("passes TCP out, and in through a mapped port; open connections outlive the mapping (E13)", () => {
		let mapped = true;
		const { world, inside, outside } = place(
			{},
			{
				find: (transport, port, from) => (mapped ? FORWARD_80.find(transport, port, from) : undefined),
			},
		);
		const camera = new ListenRecorder(inside[0].network, 80);
		const server = new ListenRecorder(outside[0].network, 443);
		world.runFor(1);
		const out = dial(inside[1].network, "8.0.0.1", 443);
		const visitor = dial(outside[1].network, "198.20.0.1", 8080);
		const wrong = dial(outside[1].network, "198.20.0.1", 8081);
		world.runFor(100);
		assert.equal(server.accepts[0].stream.remoteAddress, "198.20.0.1");
		assert.equal(camera.accepts[0].stream.remoteAddress, "8.0.0.2", "the visitor's own address");
		assert.equal(wrong.why, "refused");
		mapped = false;
		visitor.write("still here");
		out.write("out");
		const late = dial(outside[1].network, "198.20.0.1", 8080);
		world.runFor(100);
		assert.deepEqual([camera.accepts[0].text, server.accepts[0].text, late.why], ["still here", "out", "refused"]);
	});

	it("quirk 25: hairpins only when enabled", () => {
		for (const hairpin of [false, true]) {
			const { world, inside } = place({ hairpin }, FORWARD_80);
			const camera = new ListenRecorder(inside[0].network, 80);
			world.runFor(1);
			const visitor = dial(inside[1].network, "198.20.0.1", 8080);
			visitor.write("hello");
			world.runFor(100);
			assert.equal(visitor.why, hairpin ? undefined : "refused");
			assert.deepEqual(
				camera.accepts.map((accept) => [accept.stream.remoteAddress, accept.text]),
				hairpin ? [["198.20.0.1", "hello"]] : [],
			);
		}
	});

	it("loses all sessions in a crash, which breaks connections", () => {
		const { world, router, inside, outside } = place({}, FORWARD_80);
		const camera = new ListenRecorder(inside[0].network, 80);
		world.runFor(1);
		const visitor = dial(outside[0].network, "198.20.0.1", 8080);
		world.runFor(100);
		router.crash();
		visitor.write("lost");
		world.runFor(3000);
		assert.equal(camera.accepts[0].text, "");
		router.machine.powerOn();
		world.runFor(10_000);
		assert.equal(camera.accepts[0].text, "lost", "a mapped port creates the session again");
	});
});
