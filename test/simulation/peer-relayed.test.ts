import assert from "node:assert/strict";
import { NAT_KINDS, type NatSettings } from "../../hosts/virtual/nat-settings";
import { TurnIssuer } from "../../src/peer/rendezvous/server/turn-issuer";
import { type LinkEar, type PeerHost, PeerWorld } from "../support/peer-world";
import { ToyTurn } from "../support/toy-turn";
import { TurnTcpFront } from "../support/turn-tcp-front";

const CAMERA = "00112233445566aa";
const TURN = { address: "8.0.0.9", port: 3479 };

/** A port, and one of several public addresses, for each destination. */
const SPREAD: Partial<NatSettings> = { ...NAT_KINDS.random, pooling: "arbitrary" };

/** Gives a NAT public addresses of its own. */
function poolOf(nat: Partial<NatSettings>, first: number, size: number): Partial<NatSettings> {
	return nat.pooling === undefined
		? nat
		: { ...nat, pool: Array.from({ length: size }, (_, i) => `8.3.0.${first + i}`) };
}

/** A home whose peers are behind symmetric NATs, with a TURN server that listens at this UDP port. */
function scene(seed: number, udpPort = TURN.port, nat: Partial<NatSettings> = NAT_KINDS.random) {
	const world = new PeerWorld(seed, ["8.0.0.1", "8.0.0.2"], { delay: 10 }, "answering", new TurnIssuer("s", [TURN]));
	const machine = world.host("turn", TURN.address);
	const turn = new ToyTurn(machine, "s", udpPort);
	const camera = world.peer(CAMERA, "camera", nat).register("Garage");
	world.until(() => camera.isRegistered, 2000, "registered");
	return { world, machine, turn, camera };
}

/** Links, and waits until both sides are connected. @returns both */
function link(world: PeerWorld, viewer: PeerHost, camera: PeerHost): { ear: LinkEar; far: LinkEar; took: number } {
	const before = camera.accepted.length;
	const ear = viewer.link(CAMERA);
	const took = world.until(
		() => ear.path !== undefined && camera.accepted[before]?.path !== undefined,
		20_000,
		"linked",
	);
	return { ear, far: camera.accepted[before], took };
}

function talk(world: PeerWorld, ear: LinkEar, far: LinkEar): void {
	const before = [ear.heard.length, far.heard.length];
	ear.say("hello");
	far.say("good day");
	world.until(() => ear.heard.length > before[0] && far.heard.length > before[1], 1000, "both hear each other");
}

describe("simulation/peer relayed (P2P-12)", () => {
	for (const seed of [1, 2, 3, 4]) {
		it(`links by a TURN server that is reached by TCP only, seed ${seed}`, () => {
			const { world, machine, turn, camera } = scene(seed, 3480);
			const front = new TurnTcpFront(machine, TURN.port, 3480);
			const viewer = world.peer("ffeeddccbbaa9988", "viewer", NAT_KINDS.random);
			const { ear, far, took } = link(world, viewer, camera);
			assert.equal(ear.path?.kind, "relayed");
			assert.ok(took < 2000, `${took} ms`);
			for (let i = 0; i < 30; i++) talk(world, ear, far);
			assert.ok(front.streams.size >= 1);
			ear.link?.close();
			far.link?.close();
			world.world.runFor(1000);
			assert.deepEqual([front.streams.size, turn.allocations.size], [0, 0]);
		});
	}

	for (const [name, camera, viewer] of [
		["the camera", SPREAD, NAT_KINDS.random],
		["the camera, and an ordinary router before the viewer", SPREAD, NAT_KINDS["port-restricted"]],
		["the viewer", NAT_KINDS.random, SPREAD],
		["both", SPREAD, SPREAD],
	] as const) {
		for (const size of [1, 2, 3, 4, 5]) {
			it(`links by TURN behind a NAT that chooses one of several addresses by destination: ${name}, ${size} more (P2P-11)`, () => {
				const { world, camera: device } = scene(50 + size, TURN.port, poolOf(camera, 100, size));
				const { ear, far, took } = link(
					world,
					world.peer("ffeeddccbbaa9988", "viewer", poolOf(viewer, 200, size)),
					device,
				);
				assert.ok(took < 2000, `${took} ms`);
				for (let i = 0; i < 30; i++) talk(world, ear, far);
			});
		}
	}

	it("shares one relayed address among the links of a camera, and keeps it while there is one", () => {
		const { world, turn, camera } = scene(11);
		const pairs = [1, 2, 3].map((n) =>
			link(world, world.peer(`ffeeddccbbaa998${n}`, "viewer", NAT_KINDS.random), camera),
		);
		assert.ok(turn.allocations.size <= 4, `${turn.allocations.size}`);
		for (const { ear, far } of pairs) for (let i = 0; i < 10; i++) talk(world, ear, far);
		pairs[0].ear.link?.close();
		pairs[0].far.link?.close();
		world.world.runFor(5000);
		for (const { ear, far } of pairs.slice(1)) talk(world, ear, far);
		for (const { ear, far } of pairs) {
			ear.link?.close();
			far.link?.close();
		}
		world.world.runFor(1000);
		assert.equal(turn.allocations.size, 0);
	});

	it("keeps what a link needs when another one to the same device is closed", () => {
		const { world, camera } = scene(15);
		const viewer = world.peer("ffeeddccbbaa9988", "viewer", NAT_KINDS.random);
		const one = link(world, viewer, camera);
		const two = link(world, viewer, camera);
		for (const { ear, far } of [one, two]) talk(world, ear, far);
		one.ear.link?.close();
		one.far.link?.close();
		for (let minute = 0; minute < 12; minute++) {
			talk(world, two.ear, two.far);
			world.world.runFor(60_000);
		}
		assert.equal(two.ear.end, undefined);
	});

	it("keeps permissions, channels and the address for an hour of talk", () => {
		const { world, camera } = scene(21);
		const { ear, far } = link(world, world.peer("ffeeddccbbaa9988", "viewer", NAT_KINDS.random), camera);
		for (let minute = 0; minute < 60; minute++) {
			talk(world, ear, far);
			world.world.runFor(60_000);
		}
		talk(world, ear, far);
		assert.equal(ear.end, undefined);
	});

	it("gets another relayed address after the connection to the server broke", () => {
		const { world, machine, camera } = scene(31, 3480);
		const front = new TurnTcpFront(machine, TURN.port, 3480);
		const { ear, far } = link(world, world.peer("ffeeddccbbaa9988", "viewer", NAT_KINDS.random), camera);
		talk(world, ear, far);
		for (const stream of [...front.streams]) stream.abort();
		world.world.runFor(20_000);
		assert.deepEqual([ear.end, far.end], [undefined, undefined]);
		talk(world, ear, far);
	});

	it("ends when the server is gone for good, and says so", () => {
		const { world, machine, camera } = scene(41);
		const { ear, far } = link(world, world.peer("ffeeddccbbaa9988", "viewer", NAT_KINDS.random), camera);
		talk(world, ear, far);
		machine.crash();
		world.until(() => ear.end !== undefined && far.end !== undefined, 120_000, "both ends");
		assert.deepEqual([ear.end?.why, far.end?.why], ["lost", "lost"]);
	});
});
