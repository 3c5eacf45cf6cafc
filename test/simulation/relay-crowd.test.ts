import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng";
import { CAMERA, openContent, RELAY_HTTP, RelayScene, type SceneRelay } from "../support/relay-scene";
import type { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

/** XS has no compiler: the variable asks for fewer. */
const FEW = process.env["PORTHOLE_TEST_SEEDS"] !== undefined;
const RELAYS = FEW ? 10 : 100;
const VIEWERS = 100;
/** Milliseconds between two pictures. */
const PERIOD = 1000;
/** All viewers of a relay are at one address. */
const ROOM = { connections: "200", "connections-per-address": "200" };
/** Viewers come during so many seconds. */
const COMING = 3;

/** What the camera sent in some seconds, in octets a second. */
function cameraRate(scene: RelayScene, relays: readonly SceneRelay[], seconds: number): number {
	const sum = () => relays.reduce((octets, { cable }) => octets + cable.octets, 0);
	const before = sum();
	scene.run(seconds);
	return (sum() - before) / seconds;
}

/** Viewers come to each relay, at random times. */
function crowd(scene: RelayScene, relays: readonly SceneRelay[]): VirtualMjpegViewer[] {
	const prng = new Prng(scene.seed);
	const viewers: VirtualMjpegViewer[] = [];
	for (const relay of relays) {
		const machine = scene.addClient({ delay: 5 });
		for (let i = 1; i < VIEWERS; i++)
			scene.world.after(prng.below(COMING * 1000), () => viewers.push(scene.watch("/garage", { relay, machine })));
	}
	return viewers;
}

describe("simulation/relay-crowd", function () {
	this.timeout(120_000);

	it(`serves ${RELAYS * VIEWERS} viewers at ${RELAYS} relays with ${RELAYS} streams of the camera (REP-3, REP-4)`, () => {
		const scene = new RelayScene(1, { settings: ROOM });
		const { camera, relays } = scene;
		camera.period = PERIOD;
		const contents = [openContent("garage", `http://${CAMERA}/live`)];
		while (relays.length < RELAYS) scene.addRelay({ contents }, ROOM);
		const first = relays.map((relay) => scene.watch("/garage", { relay }));
		scene.run(3);
		assert.equal(camera.requests.length, RELAYS);
		const few = cameraRate(scene, relays, 3);
		const asked = relays.map(({ cable }) => cable.asked);
		const viewers = crowd(scene, relays);
		scene.run(COMING + 1);
		// Later viewers cost the origin nothing, and see the newest picture at once.
		assert.equal(viewers.length, RELAYS * (VIEWERS - 1));
		assert.deepEqual(
			relays.map(({ cable }) => cable.asked),
			asked,
		);
		const waits = viewers.map(({ joinTime }) => joinTime).sort((a, b) => a - b);
		assert.ok(waits[waits.length - 1] <= PERIOD, `${waits[waits.length - 1]} ms to the first picture`);
		const many = cameraRate(scene, relays, 3);
		assert.ok(Math.abs(many / few - 1) < 0.01, `${few} and ${many} octets a second`);
		for (const { status, faults, pictures } of [...first, ...viewers]) {
			assert.deepEqual([status, faults], [200, []]);
			assert.ok(pictures >= 3, `${pictures} pictures`);
		}
		assert.equal(camera.requests.length, RELAYS);
	});

	it("sends a tenth as many streams with a layer of relays between (REP-9)", () => {
		const count = FEW ? 10 : 50;
		const scene = new RelayScene(2);
		const { camera, relays } = scene;
		camera.period = PERIOD;
		while (relays.length < count / 10) scene.addRelay({ contents: [openContent("garage", `http://${CAMERA}/live`)] });
		const middle = [...relays];
		const edge = Array.from({ length: count }, (_, i) => {
			const upstream = middle[i % middle.length];
			return scene.addRelay({ contents: [openContent("garage", `http://${upstream.outside}:${RELAY_HTTP}/garage`)] });
		});
		const viewers = edge.flatMap((relay) => [scene.watch("/garage", { relay }), scene.watch("/garage", { relay })]);
		scene.run(8);
		assert.equal(camera.requests.length, middle.length);
		for (const { status, faults, pictures } of viewers) {
			assert.deepEqual([status, faults], [200, []]);
			assert.ok(pictures >= 5, `${pictures} pictures`);
		}
		for (const viewer of viewers) viewer.leave();
		scene.run(20);
		assert.equal(camera.open.size, 0);
	});
});
