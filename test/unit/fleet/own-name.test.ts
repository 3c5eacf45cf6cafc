import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FLEET_GROUP } from "../../../src/fleet/fleet-settings";
import { FleetLan, fleetLan } from "../../support/fleet-lan";

describe("fleet/own-name", () => {
	it("assigns different names by the position among the ports, and reports its own (IMG-15)", () => {
		const lan = fleetLan(3);
		lan.run(1000);
		assert.deepEqual(
			lan.cameras.map((c) => c.fleet.self.name),
			["Camera 1", "Camera 2", "Camera 3"],
		);
		assert.deepEqual(lan.cameras[1].events[0], { type: "name", name: "Camera 2", automatic: true });
	});

	it("assigns a name even without a port, and resolves equal automatic names by identity (IMG-15)", () => {
		const lan = new FleetLan(new Prng(1));
		for (let i = 0; i < 4; i++) lan.add().start();
		lan.run(5000);
		assert.deepEqual(lan.cameras.map((c) => c.fleet.self.name).sort(), [
			"Camera 1",
			"Camera 2",
			"Camera 3",
			"Camera 4",
		]);
	});

	it("accepts a name from the portal, and announces it to all cameras (IMG-15)", () => {
		const lan = fleetLan(3);
		lan.run(1000);
		const [portal, , hof] = lan.cameras;
		assert.equal(portal.fleet.renameMember(hof.fleet.settings.id, "Hof", portal), true);
		lan.run(1010);
		assert.equal(hof.fleet.self.name, "Hof");
		assert.ok(hof.events.some((e) => e.type === "name" && e.name === "Hof" && !e.automatic));
		for (const camera of lan.cameras.slice(0, 2))
			assert.ok(camera.fleet.registry.sorted().some((m) => m.name === "Hof"));
		assert.equal(portal.fleet.renameMember(hof.fleet.settings.id, "bad\nname", portal), false);
		assert.equal(portal.fleet.renameMember("ffffffffffffffff", "x", portal), false);
	});

	it("changes its name only a few times a minute in a flood of renames or equal names, and ends with the last one", () => {
		const lan = fleetLan(2);
		lan.run(1000);
		const [first, second] = lan.cameras;
		first.events.length = 0;
		for (let i = 0; i < 250; i++) {
			second.fleet.renameMember(first.fleet.settings.id, `Name ${i}`, second);
			lan.run(lan.now + 60);
		}
		const names = () => first.events.filter((event) => event.type === "name").length;
		assert.ok(names() >= 3 && names() <= 10, `${names()}`);
		lan.run(lan.now + 10000);
		assert.equal(first.fleet.self.name, "Name 249");
		assert.equal(second.fleet.registry.sorted()[0].name, "Name 249");
	});

	it("does not store a name for each forged camera that has the same automatic name", () => {
		const lan = fleetLan(1, { id: "ffffffffffffff00" });
		lan.run(1000);
		const [camera] = lan.cameras;
		camera.events.length = 0;
		for (let i = 0; i < 250; i++) {
			const forged = new FleetLan(new Prng(1)).add({ id: i.toString(16).padStart(16, "0") });
			forged.fleet.self.name = camera.fleet.self.name;
			forged.fleet.self.httpPort = 8000;
			const sent: Uint8Array[] = [];
			const out = Object.assign(Object.create(forged), {
				send: (_path: unknown, _address: string, _port: number, bytes: Uint8Array, start: number, end: number) =>
					sent.push(bytes.slice(start, end)),
			});
			forged.fleet.start(0, [forged.path], out);
			lan.carry("192.168.0.66", FLEET_GROUP, sent[0]);
			lan.run(lan.now + 60);
		}
		const names = camera.events.filter((event) => event.type === "name").length;
		assert.ok(names >= 3 && names <= 10, `${names}`);
	});
});
