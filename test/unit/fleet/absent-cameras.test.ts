import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import { ABSENT_MAX, ABSENT_TIME, AbsentCameras } from "../../../src/fleet/absent-cameras";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { Member } from "../../../src/fleet/member";
import { STORE_VALUE_MAX } from "../../../src/ports/store";
import { fleetLan } from "../../support/fleet-lan";

const PATH = { name: "eth0", address: "192.168.0.1", prefix: 24 };

function member(n: number, name = `Camera ${n}`): Member {
	const made = new Member(n.toString(16).padStart(16, "0"), PATH, `192.168.0.${n}`, 1, false);
	made.name = name;
	made.heard = n * 1000;
	return made;
}

describe("fleet/absent-cameras", () => {
	it("keeps a camera that crashed, with its name, address and the time it was last heard, until it is back", () => {
		const lan = fleetLan(3);
		lan.run(20000);
		const [first, , third] = lan.cameras;
		const { id } = third.fleet.settings;
		const lastHeard = first.fleet.registry.get(id)?.heard;
		third.on = false;
		lan.run(60000);
		assert.deepEqual(first.ports, [8081], "it is no longer a member");
		const absent = first.fleet.registry.absent.get(id);
		assert.equal(absent?.name, "Camera 3");
		assert.equal(absent?.address, third.path.address);
		assert.ok(absent!.heard >= lastHeard! && absent!.heard <= 20000);
		const version = first.fleet.registry.version;
		third.on = true;
		lan.run(100000);
		assert.equal(first.fleet.registry.absent.size, 0);
		assert.deepEqual(first.ports, [8081, 8082]);
		assert.ok(first.fleet.registry.version > version);
	});

	it("does not keep a camera that said bye, and keeps the representative that failed", () => {
		const lan = fleetLan(3);
		lan.run(20000);
		const [first, second, third] = lan.cameras;
		third.fleet.leave(lan.now, third);
		first.on = false;
		lan.run(60000);
		assert.ok(second.fleet.self.representative);
		assert.deepEqual(
			[...second.fleet.registry.absent.values()].map((camera) => camera.id),
			[first.fleet.settings.id],
		);
	});

	it("is forgotten at all cameras when the owner forgets it at one, in a sealed fleet too", () => {
		for (const keys of [[], [new FleetKey("only-these-three-cameras")]]) {
			const lan = fleetLan(3, { keys });
			lan.run(20000);
			lan.cameras[2].on = false;
			lan.run(200000);
			const [first, second, { fleet }] = lan.cameras;
			const sizes = () => [first, second].map((camera) => camera.fleet.registry.absent.size);
			assert.deepEqual(sizes(), [1, 1]);
			assert.equal(first.fleet.forget("ffffffffffffffff", first), false);
			assert.equal(first.fleet.forget(fleet.settings.id, first), true);
			lan.run(lan.now + 10);
			assert.deepEqual(sizes(), [0, 0]);
		}
	});

	it("remembers at most 32 cameras, the latest, for at most seven days", () => {
		const absent = new AbsentCameras();
		for (let n = 1; n <= 40; n++) absent.add(member(n));
		assert.equal(absent.size, ABSENT_MAX);
		assert.equal(absent.get(member(8).id), undefined);
		absent.expire(ABSENT_TIME + 20500, undefined);
		assert.equal(absent.size, 20);
		absent.date(ABSENT_TIME, 2 * ABSENT_TIME);
		absent.expire(ABSENT_TIME, 2 * ABSENT_TIME + 30500);
		assert.equal(absent.size, 10, "by the calendar too");
	});

	it("keeps its state across a restart in one value of the store, and skips damaged lines", () => {
		const before = new AbsentCameras();
		for (let n = 1; n <= 40; n++) before.add(member(n, "ÄÖÜ name that is as long as can be ".padEnd(44, "x")));
		before.date(100000, 1.7e12);
		const text = before.save();
		assert.ok(utf8Encode(text).length <= STORE_VALUE_MAX);
		const after = new AbsentCameras();
		after.load(5, `nonsense\n${text}\n0000000000000001 x 1 1 192.168.0.1 name\n0000000000000001 1 1 1 a\n`);
		assert.deepEqual(after.save(), text);
		assert.equal(after.get(member(40).id)?.lastSeen, 1.7e12 - 60000);
		assert.equal(after.get(member(40).id)?.heard, 5);
	});
});
