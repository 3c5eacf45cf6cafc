import assert from "node:assert/strict";
import { Lan } from "../../../../hosts/virtual/lan";
import { VirtualMachine } from "../../../../hosts/virtual/virtual-machine";
import { World } from "../../../../hosts/virtual/world";
import { SpreadSockets } from "../../../../src/app/peer/spread-sockets";
import { VIA_SOCKET, VIA_SPREAD } from "../../../../src/peer/checks/checks-contract";
import { UdpRecorder } from "../../hosts-virtual/sinks";

describe("app/spread-sockets", () => {
	it("sends from a port of its own by each way, keeps one, and opens the others again (P2P-12)", () => {
		const world = new World(1);
		const lan = new Lan(world);
		const [machine, other] = [11, 12].map((n) => {
			const made = new VirtualMachine(world, `${n}`);
			made.attach(lan, { address: `192.168.0.${n}` });
			return made;
		});
		const far = new UdpRecorder(other.network, { port: 7 });
		const heard: number[] = [];
		const spread = new SpreadSockets(machine.network, 4, (via) => heard.push(via));
		/** Sends by the four ways. @returns how many ports the other machine saw */
		const send = (): number => {
			world.runFor(1);
			far.heard.length = 0;
			for (let i = 0; i < 4; i++) spread.send(VIA_SPREAD + i, "192.168.0.12", 7, new Uint8Array([65]), 0, 1);
			world.runFor(1);
			return new Set(far.heard.map((line) => line.split(" ")[0])).size;
		};
		assert.equal(spread.open(256), 4);
		assert.equal(send(), 4);
		for (const line of far.heard) far.say("answer", "192.168.0.11", Number(line.split(" ")[0].split(":")[1]));
		world.runFor(1);
		assert.deepEqual(
			heard,
			[0, 1, 2, 3].map((i) => VIA_SPREAD + i),
		);
		spread.keep(VIA_SPREAD + 2);
		assert.equal(send(), 1);
		assert.equal(spread.open(3), 3);
		assert.equal(send(), 3);
		spread.keep(VIA_SOCKET);
		assert.equal(send(), 0);
		spread.close();
	});
});
