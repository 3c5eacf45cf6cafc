import assert from "node:assert/strict";
import { Lan } from "../../hosts/virtual/lan";
import type { Dependence, NatSettings } from "../../hosts/virtual/nat-settings";
import { Router } from "../../hosts/virtual/router";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { FilteringProbe } from "../../src/peer/stun/filtering-probe";
import { MappingProbe } from "../../src/peer/stun/mapping-probe";
import { describeNat, isSymmetric, type NatBehaviour, type NatDependence } from "../../src/peer/stun/nat-behaviour";
import { seedsUpTo } from "../support/seeds";
import { AddressServerSockets, StunSocket } from "../support/stun-socket";

const OUTSIDE = "198.20.0.1";
const FIRST = "8.0.0.1";
const SECOND = "9.0.0.1";
const PORTS = [3478, 3479];
const WORDS: Readonly<Record<Dependence, NatDependence>> = {
	EI: "independent",
	AD: "address",
	APD: "address-and-port",
};

interface Scene {
	world: World;
	device: VirtualMachine;
	servers: AddressServerSockets[];
}

/** A device, behind a NAT unless that is `undefined`; and a server with two addresses, or two servers with one. */
function scene(seed: number, nat: Partial<NatSettings> | undefined, isPair = true, loss = 0): Scene {
	const world = new World(seed);
	const wan = new Lan(world, { routed: true, link: { delay: 10, loss } });
	const device = new VirtualMachine(world, "device");
	if (nat === undefined) {
		device.attach(wan, { address: "7.0.0.1", gateway: "8.0.0.254" });
	} else {
		const lan = new Lan(world);
		new Router(world, "router", { lan, wan, outside: { address: OUTSIDE, gateway: "8.0.0.254" } }, nat);
		device.attach(lan, { address: "192.168.0.11", gateway: "192.168.0.1" });
	}
	const machines = [FIRST, SECOND].map((address) => {
		const machine = new VirtualMachine(world, address);
		machine.attach(wan, { address, gateway: "8.0.0.254" });
		return machine;
	});
	const networks = machines.map(({ network }) => network);
	const servers = isPair
		? [new AddressServerSockets(networks, [FIRST, SECOND], PORTS)]
		: [FIRST, SECOND].map((address, i) => new AddressServerSockets([networks[i]], [address], [3478]));
	return { world, device, servers };
}

function run<Result>(
	world: World,
	socket: StunSocket,
	begin: (socket: StunSocket, done: (found: Result) => void) => void,
) {
	let result: Result | undefined;
	world.runFor(1);
	begin(socket, (found) => {
		result = found;
	});
	assert.equal(
		world.runUntil(() => result !== undefined, 20_000),
		true,
	);
	return result as Result;
}

/** Asks for the mapping by one socket, and for the filtering by another one. */
function probe({ world, device }: Scene, port = 5000): NatBehaviour {
	const open = (local: number) => new StunSocket(device.network, device.clock, device.random, local);
	const nat = run<NatBehaviour>(world, open(port), (socket, done) => {
		const servers = [FIRST, SECOND].map((address) => ({ address, port: 3478 }));
		const locals = device.network.paths().map(({ address }) => address);
		socket.call((transactions, now, out) =>
			new MappingProbe(transactions, { servers, locals, localPort: port, done }).start(now, out),
		);
	});
	const { discovery } = nat;
	if (discovery === undefined) return nat;
	const filtering = run<NatBehaviour["filtering"]>(world, open(0), (socket, done) =>
		socket.call((transactions, now, out) => new FilteringProbe(transactions, discovery, done).start(now, out)),
	);
	return { ...nat, filtering };
}

describe("simulation: discovery of a NAT's behaviour (P2P-1, P2P-12)", () => {
	const kinds: Dependence[] = ["EI", "AD", "APD"];
	for (const mapping of kinds) {
		for (const filtering of kinds) {
			it(`mapping ${mapping}, filtering ${filtering}: tells both, with and without hairpin`, () => {
				for (let seed = 0; seed < seedsUpTo(8); seed++) {
					const hairpin = (seed & 1) === 1;
					const ports = (["preserving", "random"] as const)[(seed >> 1) & 1];
					const nat = probe(scene(seed, { mapping, filtering, hairpin, ports }));
					const context = `seed ${seed}: ${describeNat(nat)}`;
					assert.equal(nat.mapping, WORDS[mapping], context);
					assert.equal(nat.filtering, WORDS[filtering], context);
					// Otherwise the filter holds: what comes back comes from a port that was not sent to.
					assert.equal(nat.hairpin, hairpin && (mapping === "EI" || filtering === "EI"), context);
					assert.equal(nat.keepsPort, ports === "preserving", context);
					assert.equal(nat.mapped?.address, OUTSIDE);
					assert.equal(isSymmetric(nat), mapping !== "EI");
				}
			});
		}
	}

	it("tells a symmetric NAT by two servers with one address each, and that there is none", () => {
		for (let seed = 0; seed < seedsUpTo(20); seed++) {
			assert.equal(probe(scene(seed, { mapping: "EI" }, false)).mapping, "independent");
			const symmetric = probe(scene(seed, { mapping: "APD", ports: "random" }, false));
			assert.deepEqual([symmetric.mapping, symmetric.filtering], ["address-and-port", "unknown"]);
			assert.deepEqual(
				[probe(scene(seed, undefined)).mapping, describeNat(probe(scene(seed, undefined)))],
				["none", "none"],
			);
		}
	});

	it("says unknown when no server answers, and asks the second one when the first is down", () => {
		const dead = scene(1, {});
		for (const server of dead.servers) server.close();
		assert.equal(describeNat(probe(dead)), "unknown: no address server answered over UDP");
		const half = scene(1, { mapping: "EI" }, false);
		half.servers[0].close();
		const nat = probe(half);
		assert.deepEqual([nat.mapping, nat.mapped?.address], ["unknown", OUTSIDE]);
	});

	it("finds the same on lossy links in most runs, and never throws", () => {
		const runs = seedsUpTo(100);
		let right = 0;
		for (let seed = 0; seed < runs; seed++) {
			const place = scene(seed, { mapping: "APD", filtering: "APD", ports: "random" }, true, 0.02);
			if (isSymmetric(probe(place))) right++;
		}
		assert.ok(right >= 0.95 * runs, `${right} of ${runs}`);
	});
});
