import assert from "node:assert/strict";
import { Lan } from "../../hosts/virtual/lan";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { resolverSuite, ZONE, ZONE_TTL } from "./resolver-suite";

function machine(world: World): VirtualMachine {
	const one = new VirtualMachine(world, "machine");
	one.attach(new Lan(world), { address: "192.168.0.2" });
	return one;
}

resolverSuite("hosts/virtual", async () => {
	const world = new World(1);
	for (const [name, entry] of ZONE) world.names.set(name, entry);
	world.names.ttl = ZONE_TTL;
	return {
		resolver: machine(world).resolver,
		now: () => world.now,
		run: async (until, limit) => {
			world.runUntil(until, limit);
		},
		close: async () => {
			world.runFor(60_000);
		},
	};
});

describe("hosts/virtual/virtual-resolver", () => {
	function outcome(prepare: (world: World, machine: VirtualMachine) => void): unknown[] {
		const world = new World(1);
		const one = machine(world);
		world.names.set("a.test", { a: ["192.0.2.1"] });
		prepare(world, one);
		const answers: unknown[] = [];
		one.resolver.addresses("a.test", 4, 500, (answer) => answers.push(answer.failure ?? answer.records[0].address));
		world.runFor(10);
		if (!one.on) one.powerOn();
		world.runFor(1000);
		return answers;
	}

	it("answers from the world's table", () =>
		assert.deepEqual(
			outcome(() => {}),
			["192.0.2.1"],
		));

	it("fails with no-server without a network", () => {
		assert.deepEqual(
			outcome((_world, { nics }) => (nics[0].link.up = false)),
			["no-server"],
		);
	});

	it("fails with timeout while DNS is down", () => {
		assert.deepEqual(
			outcome(({ names }) => (names.down = true)),
			["timeout"],
		);
	});

	it("makes no call after a crash", () => {
		assert.deepEqual(
			outcome((world, one) => world.after(5, () => one.crash())),
			[],
		);
	});
});
