import assert from "node:assert/strict";
import { VirtualRandom } from "../../../../../hosts/virtual/virtual-random";
import { Prng } from "../../../../../src/base/prng";
import { writeRegister, writeSelect } from "../../../../../src/peer/rendezvous/peer-request";
import { KeyedHash } from "../../../../../src/peer/rendezvous/server/keyed-hash";
import { SourceLimits } from "../../../../../src/peer/rendezvous/server/source-limits";
import { CAMERA_RECORD, MatchingRig, RigClient, RigHome, VIEWER_RECORD } from "../../../../support/matching-rig";

const PEER = "00000000000000c1";
const LIFE = { lifetime: 120, record: CAMERA_RECORD };

function camera(rig: MatchingRig, home: RigHome, address: string, port = 4000): RigClient {
	return new RigClient(rig, home.device(PEER), { address, port }, home.keys.accountPublicKey);
}

function register(client: RigClient) {
	return client.ask((head) => writeRegister(client.who, head, LIFE));
}

function select(viewer: RigClient) {
	const choice = { target: PEER, self: "00000000000000f1", record: VIEWER_RECORD };
	const answer = viewer.ask((head) => writeSelect(viewer.who, head, choice));
	return answer?.type === "refused" ? answer.code : answer?.type;
}

describe("peer/rendezvous/server against abuse", () => {
	it("lets no source use up the computations of all others (P2P-14)", () => {
		const rig = new MatchingRig({ capacity: 5000 });
		const flooder = { address: "198.18.6.6", port: 666 };
		for (let i = 0; i < 200; i++) {
			const home = new RigHome(rig, `flood ${i}`);
			const client = new RigClient(rig, home.device(PEER), flooder, home.keys.accountPublicKey);
			assert.equal(register(client)?.type, "registered");
		}
		const more = new RigHome(rig, "one more");
		const client = new RigClient(rig, more.device(PEER), flooder, more.keys.accountPublicKey);
		register(client);
		const { nonce } = client;
		const homeKey = more.keys.accountPublicKey;
		const head = { transaction: new Uint8Array(12), roundTrip: 0, homeKey, ...(nonce !== undefined && { nonce }) };
		const request = writeRegister(client.who, head, LIFE);
		for (let i = 0; i < 2100; i++) rig.give(request, flooder);
		assert.equal(register(camera(rig, new RigHome(rig, "cabin"), "198.18.0.7"))?.type, "registered");
	});

	it("lets in homes however many there are without devices (P2P-14)", () => {
		const rig = new MatchingRig();
		const { table } = rig.server;
		for (let i = 0; i < 5000; i++) {
			const id = new Uint8Array(16).fill(i).fill(i >> 8, 0, 8);
			table.addHome(id, 0, new Uint8Array(32), new Uint8Array(32), 1);
		}
		const devices: RigClient[] = [];
		for (let i = 0; i < 50; i++) {
			const client = camera(rig, new RigHome(rig, `home ${i}`), "198.18.0.7", 4000 + i);
			assert.equal(register(client)?.type, "registered", `home ${i}`);
			devices.push(client);
		}
		for (const client of devices) assert.equal(register(client)?.type, "registered");
	});

	it("lets no other home use up the introductions of a device (P2P-14)", () => {
		const rig = new MatchingRig();
		const home = new RigHome(rig, "cabin");
		register(camera(rig, home, "198.18.0.7"));
		const enemy = new RigHome(rig, "enemy");
		// The enemy's home has a device of the same identity.
		register(camera(rig, enemy, "198.18.6.6"));
		const attacker = new RigClient(rig, enemy.viewer(), { address: "198.18.6.6", port: 666 });
		for (let i = 0; i < 60; i++) select(attacker);
		assert.equal(select(new RigClient(rig, home.viewer(), { address: "198.18.9.9", port: 50_002 })), "introduced");
	});

	it("lets no guest use up the introductions of all others (P2P-14)", () => {
		const rig = new MatchingRig();
		const home = new RigHome(rig, "cabin");
		register(camera(rig, home, "198.18.0.7"));
		const guest = new RigClient(rig, home.viewer(PEER), { address: "198.18.6.6", port: 666 });
		for (let i = 0; i < 60; i++) select(guest);
		assert.equal(select(guest), 486);
		assert.equal(select(new RigClient(rig, home.viewer(), { address: "198.18.9.9", port: 50_002 })), "introduced");
	});

	it("gives a provider's customer with a large IPv6 network not the shares of thousands (P2P-14)", () => {
		const limits = new SourceLimits(new KeyedHash(new VirtualRandom(new Prng(1))), 5, 10);
		let taken = 0;
		for (let i = 0; i < 20_000; i++) if (limits.take(0, `2001:db8:77:${i.toString(16)}::1`)) taken++;
		assert.ok(taken <= 160, `${taken}`);
		assert.equal(limits.has(0, "2001:db8:77:ffff::1"), false);
		let others = 0;
		for (let i = 0; i < 100; i++) if (limits.take(0, `2001:db8:${(0x1000 + i).toString(16)}::1`)) others++;
		assert.equal(others, 100);
	});
});
