import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import type { Packet } from "../../hosts/virtual/packet";
import { Prng } from "../../src/base/prng";
import { mutateOctets } from "../support/mutate";
import { PeerWorld } from "../support/peer-world";

const CAMERA = "00112233445566aa";
const VIEWER = "ffeeddccbbaa9988";
const RESTRICTED = NAT_KINDS["port-restricted"];

describe("simulation/peer endpoint among forged datagrams (P2P-14)", () => {
	for (const seed of [61, 62, 63]) {
		it(`survives damaged and repeated copies of all that it gets, seed ${seed}`, () => {
			const scene = new PeerWorld(seed);
			const random = new Prng(seed);
			const camera = scene.peer(CAMERA, "camera", RESTRICTED).register("Garage");
			const viewer = scene.peer(VIEWER, "viewer", RESTRICTED);
			let forged = 0;
			for (const { machine } of [camera, viewer]) {
				const { receive } = machine;
				machine.receive = (packet: Packet, nic) => {
					receive.call(machine, packet, nic);
					if (packet.tcp !== undefined) return;
					// By somebody who sees everything, and can send from any address.
					for (let i = 0; i < 4; i++) {
						const body = random.chance(0.2) ? packet.body : mutateOctets(random, packet.body);
						forged++;
						scene.world.after(random.below(400), () =>
							receive.call(machine, { ...packet, body, sender: undefined }, nic),
						);
					}
				};
			}
			scene.until(() => camera.isRegistered, 10_000, "registered");
			for (let i = 0; i < 6; i++) {
				const count = camera.accepted.length;
				const ear = viewer.link(CAMERA);
				scene.until(() => ear.path !== undefined, 10_000, `linked: ${ear.steps} ${JSON.stringify(ear.end)}`);
				scene.until(() => camera.accepted[count]?.path !== undefined, 5000, "the camera is connected");
				ear.say("hello");
				scene.world.runFor(20_000);
				assert.ok(camera.accepted[count].heard.includes("hello"));
				assert.equal(camera.accepted.length, count + 1, "a copy of an introduction makes no link");
				assert.equal(ear.end, undefined);
				ear.link?.close();
				scene.world.runFor(40_000);
			}
			assert.equal(camera.isRegistered, true);
			assert.equal(camera.endpoint.open.size, 0);
			assert.ok(forged > 500, `${forged}`);
		});
	}

	it("answers nothing to a stranger: not to checks, tunnels, introductions or noise", () => {
		const scene = new PeerWorld(64);
		const camera = scene.peer(CAMERA, "camera").register("Garage");
		const stranger = scene.host("stranger", "8.9.9.9");
		scene.until(() => camera.isRegistered, 5000, "registered");
		scene.world.runFor(5000);
		const captured: Uint8Array[] = [];
		const { receive } = camera.machine;
		camera.machine.receive = (packet, nic) => {
			captured.push(packet.body.slice());
			receive.call(camera.machine, packet, nic);
		};
		const viewer = scene.peer(VIEWER, "viewer");
		const ear = viewer.link(CAMERA);
		scene.until(() => ear.path !== undefined, 5000, "linked");
		scene.world.runFor(30_000);
		let answers = 0;
		const socket = stranger.network.udp({ port: 4000 }, { opened() {}, failed() {}, received: () => void answers++ });
		scene.world.runFor(1);
		const random = new Prng(64);
		for (const bytes of captured) socket.send(bytes, 0, bytes.length, camera.machine.address, 50_000);
		for (let i = 0; i < 500; i++) {
			const bytes = mutateOctets(random, captured[i % captured.length]);
			socket.send(bytes, 0, bytes.length, camera.machine.address, 50_000);
		}
		scene.world.runFor(5000);
		assert.ok(captured.length > 10);
		assert.equal(answers, 0);
		assert.equal(ear.end, undefined);
	});
});
