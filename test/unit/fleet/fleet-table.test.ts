import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FLEET_GROUP } from "../../../src/fleet/fleet-settings";
import { decodeFleetMessage } from "../../../src/wire/fleet-message";
import { FleetLan, fleetLan } from "../../support/fleet-lan";

describe("fleet/fleet and the table of the gateway", () => {
	it("finds all cameras by unicast alone, starting from the gateway's table (IMG-10, IMG-13)", () => {
		const lan = fleetLan(3, { delivery: { multicast: false, broadcast: false, unicast: true } });
		lan.run(100);
		assert.deepEqual(lan.cameras[0].ports, []);
		const entries = [8080, 8081, 8082].map((externalPort, i) => ({
			id: `00000${i}`,
			externalPort,
			internalClient: `192.168.0.${11 + i}`,
			internalPort: 8000,
			name: "",
		}));
		lan.cameras[0].fleet.table(lan.now, entries, lan.cameras[0]);
		lan.run(200);
		assert.deepEqual(lan.cameras[0].ports, [8081, 8082]);
		assert.ok(lan.sent.every((d) => d.to !== FLEET_GROUP && !d.to.endsWith(".255")));
	});

	it("lists cameras from the gateway's table alone when announcements are off (IMG-9, IMG-11)", () => {
		const lan = new FleetLan(new Prng(1));
		const camera = lan.add({ announcements: false }).start().mapped(8080);
		const entries = [
			{ id: "000070", externalPort: 8080, internalClient: "192.168.0.11", internalPort: 8000, name: "me" },
			{ id: "000071", externalPort: 8081, internalClient: "192.168.0.12", internalPort: 8000, name: "Hof" },
			{ id: "000020", externalPort: 9000, internalClient: "10.0.0.9", internalPort: 8000, name: "elsewhere" },
		];
		camera.fleet.table(0, entries, camera);
		assert.deepEqual(
			camera.fleet.registry.sorted().map((m) => [m.name, m.externalPort, m.httpPort]),
			[["Hof", 8081, 8000]],
		);
		camera.fleet.table(1000, entries.slice(0, 1), camera);
		assert.equal(camera.fleet.registry.size, 0);
		lan.run(100000);
		// It takes part in the election, but tells nothing of itself (IMG-28).
		const said = lan.sent.map(({ bytes }) => decodeFleetMessage(bytes));
		assert.ok(said.length > 0 && said.every((m) => m?.services === undefined && m?.name === undefined && !m?.answer));
		assert.equal(
			said.some((m) => m?.type === "announce"),
			false,
		);
	});

	it("follows the table alone: a new name, another port, an entry of its own at another port (IMG-15, IMG-28)", () => {
		const lan = new FleetLan(new Prng(1));
		const camera = lan.add({ announcements: false, id: "3f9a2c0123456789" }).start().mapped(8080);
		const own = { id: "3f9a2c", externalPort: 8080, internalClient: "192.168.0.11", internalPort: 8000, name: "me" };
		const other = { id: "77aabb", externalPort: 8081, internalClient: "192.168.0.12", internalPort: 8000, name: "Hof" };
		const read = (...entries: (typeof own)[]) => {
			camera.fleet.table(lan.now, entries, camera);
			return camera.fleet.registry.sorted().map((m) => [m.id, m.name, m.externalPort, m.isFromTable]);
		};
		assert.deepEqual(read(own, { ...own, externalPort: 8083 }, other), [["77aabb0000000000", "Hof", 8081, true]]);
		assert.deepEqual(read(own, { ...other, name: "Shed" }), [["77aabb0000000000", "Shed", 8081, true]]);
		assert.deepEqual(read(own, { ...other, externalPort: 8082 }), [["77aabb0000000000", "Hof", 8082, true]]);
		// A second camera on the same machine is another one.
		assert.equal(read(own, other, { ...other, id: "88aabb", externalPort: 8082, internalPort: 8001 }).length, 2);
		camera.fleet.table(lan.now, [own], camera, false);
		assert.equal(camera.fleet.registry.size, 2, "an incomplete table takes nobody away");
		assert.deepEqual(read(own), []);
	});

	it("renames a camera that it knows from the table alone, by as much of its identity as the table has (IMG-28)", () => {
		const lan = new FleetLan(new Prng(1));
		const ids = ["3f9a2c0123456789", "77aabb0123456789", "77aabc0123456789"];
		const [camera, ...others] = ids.map((id, i) =>
			lan
				.add({ announcements: false, id })
				.start()
				.mapped(8080 + i),
		);
		const entry = { id: "77aabb", externalPort: 8081, internalClient: "192.168.0.12", internalPort: 8000, name: "Hof" };
		camera.fleet.table(lan.now, [entry], camera);
		assert.equal(camera.fleet.renameMember("77aabb0000000000", "Shed", camera), true);
		lan.run(10);
		assert.deepEqual(
			others.map(({ fleet }) => fleet.self.name === "Shed"),
			[true, false],
		);
		assert.equal(camera.fleet.registry.get("77aabb0000000000")?.name, "Shed");
	});

	it("checks announcements against the gateway's table (IMG-13)", () => {
		const lan = fleetLan(3);
		lan.run(1000);
		const [camera] = lan.cameras;
		camera.fleet.table(
			lan.now,
			[{ id: "000071", externalPort: 8081, internalClient: "192.168.0.12", internalPort: 8000, name: "" }],
			camera,
		);
		assert.deepEqual(
			camera.fleet.registry.sorted().map((m) => m.inTable),
			[true, false],
		);
	});
});
