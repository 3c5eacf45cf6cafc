import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import { TurnIssuer } from "../../src/peer/rendezvous/server/turn-issuer";
import { PeerWorld } from "../support/peer-world";
import { ToyTurn } from "../support/toy-turn";

const CAMERA = "00112233445566aa";
const VIEWER = "ffeeddccbbaa9988";
const RESTRICTED = NAT_KINDS["port-restricted"];
const SYMMETRIC = NAT_KINDS.random;
const TURN = { address: "8.0.0.9", port: 3479 };

describe("simulation/peer-guess", () => {
	for (const [who, cameraNat, viewerNat] of [
		["viewer", RESTRICTED, SYMMETRIC],
		["camera", SYMMETRIC, RESTRICTED],
	] as const) {
		it(`finds the port of a ${who} behind a symmetric NAT, and leaves TURN for it without a gap (P2P-12)`, () => {
			const issuer = new TurnIssuer("s", [TURN]);
			const scene = new PeerWorld(5, ["8.0.0.1", "8.0.0.2"], { delay: 10 }, "answering", issuer);
			const turn = new ToyTurn(scene.host("turn", TURN.address), "s", TURN.port);
			const camera = scene.peer(CAMERA, "camera", cameraNat).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", viewerNat);
			scene.until(() => camera.isRegistered, 2000, "registered");
			viewer.endpoint.find(scene.access(), { name: "", tag: "" }, () => {});
			scene.world.runFor(5000);
			const near = viewer.link(CAMERA);
			scene.until(() => near.path !== undefined && camera.accepted[0]?.path !== undefined, 2000, "linked");
			const [far] = camera.accepted;
			assert.deepEqual([near.path?.kind, far.path?.kind], ["relayed", "relayed"]);
			let sent = 0;
			for (const end = scene.world.now + 30_000; scene.world.now < end; sent++) {
				near.say(`${sent}`);
				far.say(`${sent}`);
				scene.world.runFor(20);
			}
			scene.world.runFor(500);
			for (const ear of [near, far]) {
				assert.equal(ear.path?.kind, "punched");
				assert.equal(new Set(ear.heard).size, sent, "nothing is lost");
			}
			near.link?.close();
			scene.world.runFor(1000);
			assert.equal(turn.allocations.size, 0);
		});
	}
});
