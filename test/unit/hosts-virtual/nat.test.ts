import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import type { Forwards, NatKind, NatSettings } from "../../../hosts/virtual/nat";
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
			const { world, inside, outside } = place({ kind });
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
