import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { FLEET_GROUP } from "../../../src/fleet/fleet-settings";
import { FleetLan, type LanCamera } from "../../support/fleet-lan";

const KEYS = [new FleetKey("only-these-three-cameras")];
/** An attacker in the LAN without the key. */
const STRANGER = "192.168.0.66";

/** Cameras of a sealed fleet that know each other; the first is the representative. */
function sealed(count: number): FleetLan {
	const lan = new FleetLan(new Prng(4));
	for (let i = 0; i < count; i++) {
		lan.add({ keys: KEYS }).start();
		lan.run(lan.now + 1000);
		lan.cameras[i].mapped(8080 + i);
	}
	lan.run(lan.now + 1000);
	return lan;
}

const addressOf = (of: LanCamera, at: LanCamera) => at.fleet.registry.get(of.fleet.settings.id)?.address;

describe("fleet/fleet with a key, and an attacker who relays messages", () => {
	for (const [asking, asked] of [
		[0, 1],
		[1, 0],
	]) {
		it(`is not affected by an inquiry that ${asking === 0 ? "the representative" : "another camera"} sent to the attacker alone`, () => {
			const lan = sealed(2);
			const [asker, other] = [lan.cameras[asking], lan.cameras[asked]];
			lan.sent = [];
			// The attacker has mapped a port to itself under our description.
			const entry = { id: "000083", externalPort: 8099, internalClient: STRANGER, internalPort: 8000, name: "x" };
			asker.fleet.table(lan.now, [entry], asker);
			const got = lan.sent.filter((d) => d.to === STRANGER);
			assert.equal(got.length, 1, "only the attacker gets the inquiry");
			lan.run(lan.now + 1);
			const before = other.fleet.receiver.refused;
			lan.sent = [];
			lan.carry(STRANGER, other.path.address, got[0].bytes);
			lan.run(lan.now + 1);
			// Answers to the attacker are relayed back.
			for (const { bytes } of lan.sent.filter((d) => d.to === STRANGER)) lan.carry(STRANGER, asker.path.address, bytes);
			lan.run(lan.now + 1);
			assert.equal(addressOf(asker, other), asker.path.address);
			assert.equal(addressOf(other, asker), other.path.address);
			assert.equal(lan.sent.filter((d) => d.to === STRANGER).length, 0, "the attacker gets nothing");
			assert.equal(other.fleet.receiver.refused, before + 1);
			assert.ok(lan.cameras[0].fleet.self.representative);

			lan.carry(asker.path.address, other.path.address, got[0].bytes);
			lan.run(lan.now + 1);
			assert.equal(other.fleet.receiver.refused, before + 1, "from where it was said it counts, once");
			lan.carry(asker.path.address, other.path.address, got[0].bytes);
			lan.run(lan.now + 1);
			assert.equal(other.fleet.receiver.refused, before + 2);
		});
	}

	it("refuses messages relayed from another address, including another camera's", () => {
		const lan = sealed(3);
		const [first, second, third] = lan.cameras;
		lan.multicastWorks = second.on = third.on = false;
		lan.sent = [];
		first.fleet.renameMember(second.fleet.settings.id, "Hof", first);
		first.fleet.setLogin(lan.now, 1, "x", first);
		first.mapped(8085);
		lan.run(lan.now + 5000);
		first.fleet.leave(lan.now, first);
		lan.run(lan.now + 100);
		const said = lan.sent.filter((d) => d.from === first.path.address);
		assert.deepEqual(
			[...new Set(said.map((d) => d.bytes[3]))].sort((a, b) => a - b),
			[1, 2, 3, 4, 10],
		);
		first.on = false;
		second.on = third.on = lan.multicastWorks = true;
		const { name } = second.fleet.self;
		const before = second.fleet.receiver.refused;
		for (const { bytes } of said) {
			for (const from of [STRANGER, third.path.address, second.path.address])
				second.fleet.receive(lan.now, second.path, from, 40000, bytes, second);
		}
		assert.equal(second.fleet.receiver.refused, before + 3 * said.length);
		assert.deepEqual([second.fleet.self.name, second.fleet.login.version], [name, 0]);
		assert.equal(addressOf(first, second), first.path.address);
	});

	it("seals each message for the address of the interface that it is sent by", () => {
		const lan = new FleetLan(new Prng(5));
		const camera = lan.add({ keys: KEYS, delivery: { multicast: true, broadcast: true, unicast: true } });
		const paths = [camera.path, { name: "wlan0", address: "10.0.0.7", prefix: 8 }];
		const said: [string, string, Uint8Array][] = [];
		camera.send = (path, address, _port, bytes, start, end) => {
			said.push([path.address, address, bytes.slice(start, end)]);
		};
		camera.fleet.start(0, paths, camera);
		const entry = { id: "000083", externalPort: 8099, internalClient: "10.9.9.9", internalPort: 8000, name: "x" };
		camera.fleet.table(0, [entry], camera);
		assert.deepEqual(
			said.map(([from, to]) => `${from} ${to}`),
			[
				`192.168.0.11 ${FLEET_GROUP}`,
				"192.168.0.11 192.168.0.255",
				`10.0.0.7 ${FLEET_GROUP}`,
				"10.0.0.7 10.255.255.255",
				"10.0.0.7 10.9.9.9",
			],
		);
		for (const [from, , bytes] of said) {
			for (const { address } of paths) assert.equal(KEYS[0].check(bytes, address), address === from);
		}
	});

	it("accepts messages of another camera on the same machine, which has the same address", () => {
		const lan = new FleetLan(new Prng(6));
		const [first, second] = [lan.add({ keys: KEYS }), lan.add({ keys: KEYS })];
		for (const each of [first, second]) Object.assign(each.path, { name: "lo", address: "127.0.0.1", prefix: 8 });
		for (const each of [first, second]) each.start().mapped(8080 + each.number);
		lan.run(2000);
		assert.deepEqual([first.ports, second.ports], [[8081], [8080]]);
		assert.equal(first.fleet.receiver.refused + second.fleet.receiver.refused, 0);
	});
});
