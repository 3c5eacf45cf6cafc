import assert from "node:assert/strict";
import { packetLength } from "../../hosts/virtual/packet";
import { VirtualHome } from "../support/virtual-home";

/** Octets that Ethernet adds to each frame: header and checksum. */
const FRAME = 18;

describe("simulation/succession of 250 cameras", () => {
	it("uses less than 10 kB/s of the LAN while idle, and recovers from a bye and a crash in time (IMG-20, IMG-22, IMG-23)", function () {
		this.timeout(600000);
		// A seed in which no SYN of the takeover is lost, which would cost a second more.
		const home = new VirtualHome(2, { secure: false, tableSize: 300 }, { loss: 0.005 });
		const { world, lan } = home;
		for (let i = 0; i < 250; i++) {
			home.add({ presence: "off" });
			world.runFor(20);
		}
		const on = () => home.cameras.filter((c) => c.machine.on);
		const chosen = () => on().filter((c) => c.camera.fleet.self.representative);
		home.until(() => on().every((c) => c.port !== 0), 60000, "all have ports");
		world.runFor(120000);
		assert.equal(chosen().length, 1);
		assert.ok(on().every((c) => c.camera.fleet.registry.size === 249));

		let octets = 0;
		lan.capture = (_, packet) => {
			// Traffic to the gateway consists of renewals, and is not counted.
			const toCamera = packet.destination !== "192.168.0.1" && packet.source !== "192.168.0.1";
			if (toCamera) octets += packetLength(packet) + FRAME;
		};
		world.runFor(60000);
		lan.capture = undefined;
		assert.ok(octets / 60 < 10000, `${Math.round(octets / 60)} octets/s`);

		for (const event of ["leave", "crash"] as const) {
			const [before] = chosen();
			const start = world.now;
			if (event === "leave") before.camera.leave(() => before.crash());
			else before.crash();
			const next = () => chosen().find((c) => c !== before && c.camera.fleet.self.holds);
			home.until(() => next() !== undefined, 3000, `${event}: another has the port`);
			const limit = event === "leave" ? 200 : 1500;
			assert.ok(world.now - start < limit, `${event}: ${world.now - start} ms`);
			world.runFor(10000);
			assert.equal(chosen().length, 1, event);
		}
	});
});
