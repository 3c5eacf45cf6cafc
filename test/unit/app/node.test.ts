import assert from "node:assert/strict";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { Node } from "../../../src/app/node";
import type { NodeHost } from "../../../src/app/node-host";
import { Pump } from "../../../src/core/pump";

const SETTINGS = { name: "", httpPort: 8000, hostName: "", tlsCertificate: "" };

function makeHost(machine: VirtualMachine): NodeHost {
	const { network, clock, random, store, log } = machine;
	return { network, clock, random, store, log, model: "test", tellPassword() {} };
}

/** A machine that is busy until `deadline`. */
class Busy {
	expired = 0;
	constructor(public deadline: number) {}

	expire(): void {
		this.expired++;
		this.deadline = Infinity;
	}
}

describe("app/node", () => {
	it("ends instead of starting again when it is told to while it leaves for a restart, or afterwards", () => {
		const world = new World(1);
		const calls: string[] = [];
		const host = { ...makeHost(new VirtualMachine(world, "camera")), restart: () => void calls.push("restart") };
		const node = new Node(host, SETTINGS);
		node.restart();
		node.restart();
		world.runFor(2050);
		assert.equal(node.isLeaving, true);
		node.leave(() => void calls.push("end"));
		world.runFor(5000);
		assert.deepEqual(calls, ["end"]);
		node.leave(() => void calls.push("end again"));
		assert.deepEqual(calls, ["end", "end again"]);
	});

	it("starts again once, however often that is asked for", () => {
		const world = new World(1);
		let restarts = 0;
		const host = { ...makeHost(new VirtualMachine(world, "camera")), restart: () => void restarts++ };
		const node = new Node(host, SETTINGS);
		node.restart();
		world.runFor(1000);
		node.restart();
		world.runFor(9000);
		assert.equal(restarts, 1);
	});

	it("leaves the clock to the next run, even if a machine was still at work", () => {
		const world = new World(1);
		const machine = new VirtualMachine(world, "camera");
		const host = makeHost(machine);
		const node = new Node(host, SETTINGS);
		const old = new Busy(world.now + 300);
		const next = new Busy(world.now + 500);
		node.pump.add(old, undefined);
		node.start();
		node.leave(() => void new Pump(host.clock).add(next, undefined));
		world.runFor(1000);
		assert.deepEqual([old.expired, next.expired], [0, 1]);
	});
});
