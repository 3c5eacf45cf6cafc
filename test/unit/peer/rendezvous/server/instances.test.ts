import assert from "node:assert/strict";
import { writeFind, writeRegister, writeSelect, writeWithdraw } from "../../../../../src/peer/rendezvous/peer-request";
import { CAMERA_RECORD, MatchingRig, RigClient, RigHome, VIEWER_RECORD } from "../../../../support/matching-rig";
import { SharedRegistry, SharedStore } from "../../../../support/shared-registry";

const PEER = "00000000000000c1";
const ME = "00000000000000f1";
const CAMERA_LEG = { address: "198.18.0.7", port: 40_001 };
const VIEWER_LEG = { address: "198.18.9.9", port: 50_002 };
const ALL = { name: "", tag: "", after: "", withAddresses: false };

function stage() {
	const store = new SharedStore();
	const make = (edge: string) => {
		const registry = new SharedRegistry(store);
		return { rig: new MatchingRig({ registry, edge }), registry };
	};
	const instances = ["a", "b", "c"].map(make);
	const home = new RigHome(instances[0].rig, "cabin");
	const { accountPublicKey } = home.keys;
	const camera = (at: number, leg = CAMERA_LEG) =>
		new RigClient(instances[at].rig, home.device(PEER), leg, accountPublicKey);
	const viewer = (at: number) => new RigClient(instances[at].rig, home.viewer(), VIEWER_LEG);
	const register = (client: RigClient) =>
		client.ask((head) => writeRegister(client.who, head, { lifetime: 60, record: CAMERA_RECORD }))?.type;
	const names = (client: RigClient) => {
		const answer = client.ask((head) => writeFind(client.who, head, ALL));
		return answer?.type === "found" ? answer.devices.map(({ record }) => record.name) : answer;
	};
	const choice = { target: PEER, self: ME, record: VIEWER_RECORD };
	const select = (client: RigClient) => {
		const answer = client.ask((head) => writeSelect(client.who, head, choice));
		return answer?.type === "refused" ? answer.code : answer?.type;
	};
	const pass = (milliseconds: number) => {
		store.now += milliseconds;
		for (const { rig } of instances) rig.pass(milliseconds);
	};
	return { store, instances, camera, viewer, register, names, select, pass };
}

describe("peer/rendezvous/server: several instances (P2P-15)", () => {
	it("introduces viewers of any instance to devices of any other", () => {
		const { instances, camera, viewer, register, names, select } = stage();
		const device = camera(0);
		assert.equal(register(device), "registered");
		for (const at of [1, 2]) {
			const client = viewer(at);
			assert.deepEqual(names(client), ["Garage"]);
			instances[0].rig.sent.length = 0;
			const answer = client.ask((head) =>
				writeSelect(client.who, head, { target: PEER, self: ME, record: VIEWER_RECORD }),
			);
			const [pushed] = device.pushedOf(instances[0].rig.sent);
			if (answer?.type !== "introduced") throw new Error(answer?.type);
			assert.deepEqual(pushed.session, answer.session);
			assert.deepEqual(pushed.record.candidates, [{ kind: "reflexive", ...VIEWER_LEG }]);
			assert.deepEqual(answer.record.candidates, [{ kind: "reflexive", ...CAMERA_LEG }]);
			device.confirm(pushed);
			assert.equal(select(client), "introduced");
		}
		assert.equal(instances[0].rig.server.introducer.pushes.confirmed, 2);
	});

	it("follows a device to another instance, and takes no late goodbye for it", () => {
		const { store, instances, camera, viewer, register, select } = stage();
		const before = camera(0);
		register(before);
		const after = camera(1, { ...CAMERA_LEG, port: 40_009 });
		register(after);
		before.ask((head) => writeWithdraw(before.who, head));
		assert.equal(store.all()[0]?.edge, "b");
		// Also at the instance that still knows the old place.
		register(before);
		register(after);
		instances[1].rig.sent.length = 0;
		assert.equal(select(viewer(0)), "introduced");
		assert.equal(after.pushedOf(instances[1].rig.sent).length, 1);
	});

	it("loses nothing by the death of an instance that a refresh does not bring back", () => {
		const { instances, camera, viewer, register, names, select } = stage();
		register(camera(0));
		instances[0].registry.close();
		assert.equal(select(viewer(1)), 404, "nobody could reach the device");
		register(camera(2, { ...CAMERA_LEG, port: 40_009 }));
		assert.deepEqual(names(viewer(1)), ["Garage"]);
		assert.equal(select(viewer(1)), "introduced");
	});

	it("knows its own devices while the store is down, and all again after their next refresh", () => {
		const { store, camera, viewer, register, names, select } = stage();
		const device = camera(0);
		register(device);
		const [here, there] = [viewer(0), viewer(1)];
		assert.deepEqual(names(there), ["Garage"]);
		store.isDown = true;
		assert.equal(select(here), "introduced");
		assert.deepEqual(names(here), ["Garage"]);
		assert.equal(select(there), 500);
		assert.equal(select(viewer(2)), 500, "even the home is not known");
		store.isDown = false;
		store.devices.clear();
		assert.equal(select(there), 404);
		assert.equal(select(here), "introduced");
		assert.equal(device.ask((head) => writeRegister(device.who, head, { lifetime: 60 }))?.type, "registered");
		assert.equal(select(there), "introduced");
	});

	it("believes nothing of the store that no instance has put there (P2P-14)", () => {
		const { store, instances, camera, viewer, register, names, select } = stage();
		const device = camera(0);
		register(device);
		const [kept] = store.all();
		const [key] = store.devices.keys();
		const change = (more: Partial<typeof kept>) =>
			void store.devices.set(key, { registration: { ...kept, ...more }, until: 1e9 });
		const record = kept.record.slice();
		record[3]++;
		for (const more of [{ record }, { edge: "c" }, { homeKey: new Uint8Array(32) }, { record: new Uint8Array(9) }]) {
			change(more);
			assert.equal(select(viewer(1)), 404);
			const found = names(viewer(1));
			assert.ok(!Array.isArray(found) || found.length === 0);
		}
		change({});
		// What another user of the store has recorded, and changes or sends to another instance.
		const taker = store.listeners.get("a");
		let told = new Uint8Array(0);
		store.listeners.set("a", (message) => {
			told = message.slice();
		});
		assert.equal(select(viewer(1)), "introduced");
		const { rig } = instances[0];
		rig.sent.length = 0;
		const changed = told.slice();
		changed[changed.length - 20] ^= 1;
		for (const message of [changed, told.slice(0, -16), new Uint8Array(0), new Uint8Array(15)]) taker?.(message);
		store.listeners.get("b")?.(told);
		assert.equal(rig.sent.length, 0);
		taker?.(told);
		assert.equal(rig.sent.length, 1);
	});

	it("forgets devices that no longer refresh, at all instances", () => {
		const { camera, viewer, register, names, pass } = stage();
		register(camera(0));
		pass(61_000);
		assert.deepEqual(names(viewer(1)), { type: "refused", code: 404, nonce: undefined, seen: undefined });
	});

	it("answers when the store does, however late, and drops what is too much", () => {
		const { store, instances, camera, viewer, register } = stage();
		register(camera(0));
		const client = viewer(1);
		const { rig } = instances[1];
		store.waiting = [];
		assert.equal(
			client.ask((head) => writeFind(client.who, head, ALL)),
			undefined,
		);
		assert.equal(store.waiting.length > 0, true);
		rig.sent.length = 0;
		while (store.waiting.length > 0) store.release();
		assert.equal(client.answerOf(rig.sent)?.type, "found");
	});
});
