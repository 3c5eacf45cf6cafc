import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { FLEET_GROUP, type FleetSettings } from "../../../src/fleet/fleet-settings";
import { FleetLan } from "../../support/fleet-lan";
import { SUCCESSION_SETTINGS } from "../../support/fleet-settings";

describe("fleet/fleet with a key", () => {
	const keys = [new FleetKey("only-these-three-cameras")];

	/** A home whose first camera has been the representative for a while. */
	function sealed(settings: Partial<FleetSettings> = {}): FleetLan {
		const lan = new FleetLan(new Prng(4));
		for (let i = 0; i < 3; i++) {
			lan.add({ keys, ...settings }).start();
			lan.run(lan.now + 1000);
			lan.cameras[i].mapped(8080 + i);
		}
		lan.run(lan.now + 1000);
		assert.deepEqual(roles(lan), [true, false, false]);
		return lan;
	}

	const roles = (lan: FleetLan) => lan.cameras.map((c) => c.fleet.self.representative);

	it("seals all its messages, and lists all cameras that know the key", () => {
		const lan = sealed();
		assert.ok(lan.sent.every((d) => keys[0].check(d.bytes, d.from)));
		assert.deepEqual(lan.cameras[1].ports, [8080, 8082]);
	});

	it("does not let an attacker depose the representative, add a link, rename a camera, or get an answer", () => {
		const lan = sealed();
		const forger = new FleetLan(new Prng(9));
		for (const foreign of [[], [new FleetKey("a-key-of-somebody-else")]]) {
			const stranger = forger.add({ keys: foreign, id: "00000000000000f0" }).start();
			stranger.mapped(8099);
			forger.run(forger.now + 3000);
			stranger.fleet.leave(forger.now, stranger);
		}
		const forged = forger.sent.splice(0);
		// Messages of the representative itself, with no seal or a wrong one.
		const [representative] = lan.cameras;
		for (const { bytes } of lan.sent.slice(-40)) {
			for (const type of [3, 4, 5]) {
				const changed = bytes.slice();
				changed[3] = type;
				forged.push({ at: 0, from: representative.path.address, to: FLEET_GROUP, bytes: changed });
				forged.push({ at: 0, from: representative.path.address, to: FLEET_GROUP, bytes: changed.slice(0, -16) });
			}
		}
		lan.sent = [];
		for (const { bytes } of forged) {
			lan.carry("192.168.0.99", FLEET_GROUP, bytes);
			lan.run(lan.now + 5);
		}
		const answered = lan.sent.filter((d) => d.to === "192.168.0.99");
		assert.deepEqual(answered, []);
		lan.run(lan.now + 1000);
		assert.deepEqual(roles(lan), [true, false, false]);
		for (const camera of lan.cameras) assert.equal(camera.ports.length, 2);
		assert.ok(lan.cameras[1].fleet.receiver.refused >= forged.length, "each was counted");
	});

	it("is not affected by recorded messages, including the representative's byes", () => {
		const lan = sealed();
		const [first, second, third] = lan.cameras;
		lan.sent = [];
		first.fleet.leave(lan.now, first);
		lan.run(lan.now + 100);
		first.on = false;
		const farewell = lan.sent.filter((d) => d.from === first.path.address && d.bytes[3] === 3);
		assert.ok(farewell.length > 0);
		lan.run(lan.now + 1000);
		assert.deepEqual([second, third].filter((c) => c.fleet.self.representative).length, 1);
		const again = lan.add({ keys, id: first.fleet.settings.id, boot: 2 }).start();
		lan.run(lan.now + 2000);
		assert.equal(second.ports.length, 2, "it is back");
		for (const { bytes } of farewell) lan.carry(first.path.address, FLEET_GROUP, bytes);
		lan.run(lan.now + 100);
		assert.equal(second.ports.length, 2, "and stays");
		assert.equal(again.fleet.self.representative, false);
	});

	it("accepts both keys while some cameras still use the old one", () => {
		const old = new FleetKey("the-key-before-this-one");
		const lan = new FleetLan(new Prng(2));
		lan.add({ keys: [keys[0], old] }).start();
		lan.add({ keys: [old, keys[0]] }).start();
		lan.run(2000);
		assert.equal(lan.cameras[0].fleet.registry.size, 1);
		assert.equal(lan.cameras[1].fleet.registry.size, 1);
		lan.cameras[1].fleet.setKeys(keys);
		lan.cameras[0].fleet.setKeys(keys);
		lan.run(60000);
		assert.equal(lan.cameras[0].fleet.registry.size, 1);
	});

	it("forgets what it heard while it was open: forged starts, cameras, terms and a representative", () => {
		const lan = new FleetLan(new Prng(6));
		const [first, second] = [lan.add().start().mapped(8080), lan.add().start().mapped(8081)];
		lan.run(3000);
		const forged = lan.sent
			.filter((d) => d.from === second.path.address && d.to === FLEET_GROUP)
			.at(-1)!
			.bytes.slice();
		const view = new DataView(forged.buffer);
		view.setUint32(20, 0xffffffff);
		view.setUint32(24, 0xffffffff);
		view.setUint32(28, 0x7fffffff);
		// Another one that says it is the representative, with the port.
		const usurper = forged.slice();
		usurper[19] = 0x77;
		usurper[5] |= 2 | 8;
		for (const bytes of [forged, usurper]) lan.carry("192.168.0.66", FLEET_GROUP, bytes);
		lan.run(lan.now + 5);
		assert.equal(first.fleet.registry.get("0000000000000077")?.address, "192.168.0.66", "an open fleet believes it");
		for (const camera of [first, second]) camera.fleet.setKeys(keys, lan.now);
		assert.equal(first.fleet.registry.size, 0);
		assert.deepEqual(first.fleet.receiver.guard.save(), []);
		lan.run(lan.now + 3000);
		assert.deepEqual([first.ports, second.ports], [[8081], [8080]]);
		assert.equal(roles(lan).filter((is) => is).length, 1);
		assert.ok(first.fleet.succession.term < 100, `${first.fleet.succession.term}`);
	});

	it("keeps its representative while a flood of messages is forged in its name, with its address and next numbers", () => {
		for (const more of [0, 30]) {
			// A period that does not divide a second: no inquiry is favoured by where a second begins.
			const lan = sealed({ succession: { ...SUCCESSION_SETTINGS, heartbeat: 270 } });
			const [first] = lan.cameras;
			lan.run(lan.now + 2000);
			const { term } = lan.cameras[1].fleet.succession;
			lan.sent = [];
			for (let i = 0; i < 3000; i++) {
				// The attacker hears what is sent to all, and is faster than the representative.
				const heard = lan.sent.filter((d) => d.from === first.path.address && d.to === FLEET_GROUP).at(-1);
				lan.sent = heard === undefined ? [] : [heard];
				if (heard !== undefined) {
					const forged = heard.bytes.slice();
					new DataView(forged.buffer).setUint32(24, new DataView(forged.buffer).getUint32(24) + 1 + (i % 20));
					forged[forged.length - 1] ^= 1;
					for (let copy = 0; copy < 20; copy++) lan.carry(first.path.address, FLEET_GROUP, forged);
					for (let other = 0; other < more; other++) {
						forged[19] = other;
						lan.carry(`192.168.0.${100 + other}`, FLEET_GROUP, forged);
					}
				}
				lan.run(lan.now + 1);
			}
			assert.deepEqual(roles(lan), [true, false, false]);
			assert.equal(lan.cameras[1].fleet.succession.term, term, "nobody has claimed");
			lan.run(lan.now + 2000);
			assert.deepEqual(lan.cameras[1].ports, [8080, 8082]);
		}
	});

	it("checks at most 200 seals of one address a second, and still accepts other cameras' messages", () => {
		const lan = sealed();
		const [camera] = lan.cameras;
		const bytes = lan.sent[0].bytes.slice();
		bytes[40] ^= 1;
		let checks = 0;
		const { check } = FleetKey.prototype;
		FleetKey.prototype.check = function (this: FleetKey, message: Uint8Array, address: string) {
			checks++;
			return check.call(this, message, address);
		};
		try {
			for (let i = 0; i < 3000; i++) camera.fleet.receive(lan.now, camera.path, "192.168.0.99", 1, bytes, camera);
		} finally {
			FleetKey.prototype.check = check;
		}
		assert.ok(checks <= 200, `${checks}`);
		const before = camera.fleet.registry.sorted()[0].heard;
		lan.cameras[1].mapped(8085);
		lan.run(lan.now + 20);
		assert.ok(camera.fleet.registry.sorted()[0].heard >= before);
		assert.ok(camera.ports.includes(8085));
	});
});
