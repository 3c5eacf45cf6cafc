import assert from "node:assert/strict";
import { Lan } from "../../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../hosts/virtual/world";
import { lookUpServers, RENDEZVOUS_SERVICE } from "../../../../src/app/peer/server-addresses";
import { parseServers } from "../../../../src/peer/rendezvous-address";
import { NO_RESOLVER, type Resolver } from "../../../../src/ports/resolver";

const RANDOM = { unit: () => 0.5 };

describe("app/peer/server addresses (P2P-17)", () => {
	const world = new World(1);
	const machine = new VirtualMachine(world, "viewer");
	machine.attach(new Lan(world, { name: "lan" }), { address: "192.168.0.2" });
	world.names.set("both.example", { a: ["192.0.2.1", "192.0.2.2"], aaaa: ["2001:db8::1"] });
	world.names.set("four.example", { a: ["192.0.2.4"] });
	world.names.set("_porthole._udp.service.example", {
		srv: [
			{ target: "four.example", port: 99, priority: 2, weight: 0 },
			{ target: "both.example", port: 98, priority: 1, weight: 0 },
		],
	});
	world.names.set("_porthole._udp.none.example", { srv: [{ target: ".", port: 0, priority: 1, weight: 0 }] });
	world.names.set("none.example", { a: ["192.0.2.9"] });

	function look(text: string, families: readonly (4 | 6)[] = [4, 6], resolver: Resolver = machine.resolver): string {
		let found: string | undefined;
		lookUpServers(resolver, RANDOM, parseServers(text) ?? [], RENDEZVOUS_SERVICE, families, (places) => {
			assert.equal(found, undefined, "called once");
			found = places.map(({ address, port }) => `${address} ${port}`).join(", ");
		});
		world.runFor(30_000);
		return found ?? "never";
	}

	for (const [text, expected] of [
		["192.0.2.7", "192.0.2.7 3478"],
		["192.0.2.7:5", "192.0.2.7 5"],
		["four.example:7", "192.0.2.4 7"],
		["four.example", "192.0.2.4 3478"],
		["both.example", "192.0.2.1 3478, 192.0.2.2 3478, 2001:db8::1 3478"],
		["service.example", "192.0.2.1 98, 192.0.2.2 98, 2001:db8::1 98, 192.0.2.4 99"],
		["service.example:7", ""],
		["none.example", ""],
		["missing.example", ""],
		["missing.example,192.0.2.7,four.example", "192.0.2.7 3478, 192.0.2.4 3478"],
		["[2001:db8::5]:6", "2001:db8::5 6"],
	]) {
		it(`finds ${text}`, () => assert.equal(look(text), expected));
	}

	it("leaves out families that the host does not have, and prefers the first one", () => {
		assert.equal(look("both.example", [4]), "192.0.2.1 3478, 192.0.2.2 3478");
		assert.equal(look("both.example", [6, 4]), "2001:db8::1 3478, 192.0.2.1 3478, 192.0.2.2 3478");
		assert.equal(look("192.0.2.7", [6]), "");
	});

	it("needs no resolver for addresses, and finds no names without one", () => {
		assert.equal(look("four.example,192.0.2.7", [4], NO_RESOLVER), "192.0.2.7 3478");
		assert.equal(look("", [4], NO_RESOLVER), "");
	});
});
