import assert from "node:assert/strict";
import { HOPS_MAX } from "../../src/relay/hops";
import { openContent, RELAY_HTTP, RelayScene, type SceneRelay } from "../support/relay-scene";

/** The content `garage` of another relay. */
function contentOf(relay: { readonly outside: string }, key = "garage") {
	return openContent(key, `http://${relay.outside}:${RELAY_HTTP}/garage`);
}

/** The relays in the answer's field of hops. */
function hopsIn(head: string): string[] {
	return /^Porthole-Hops: (.*)\r$/im.exec(head)?.[1].split(", ") ?? [];
}

/** Relays 1 … `count`, each of which gets its content from the one before; the first from the camera. */
function chain(scene: RelayScene, count: number): SceneRelay {
	while (scene.relays.length < count) scene.addRelay({ contents: [contentOf(scene.relays[scene.relays.length - 1])] });
	return scene.relays[count - 1];
}

describe("simulation/relay-chain", () => {
	it("relays over a chain of relays, each of which names itself (REP-9)", () => {
		const scene = new RelayScene(1);
		const relay = chain(scene, 4);
		const viewers = [scene.watch("/garage", { relay }), scene.watch("/garage", { relay })];
		scene.run(5);
		for (const { status, faults, pictures, head } of viewers) {
			assert.deepEqual([status, faults], [200, []]);
			assert.ok(pictures >= 45, `${pictures}`);
			assert.equal(new Set(hopsIn(head)).size, 4);
			assert.equal(hopsIn(head).at(-1), relay.relay.services.hop);
		}
		assert.equal(scene.camera.requests.length, 1);
		assert.equal(hopsIn(scene.camera.requests[0]).length, 4);
		for (const viewer of viewers) viewer.leave();
		scene.run(60);
		assert.equal(scene.camera.open.size, 0, "all upstreams have ended, one after the other");
	});

	it("refuses a circle of relays with 508 and a clear text, in any order of requests, and asks no camera (REP-11)", () => {
		for (let count = 1; count <= 4; count++)
			for (let seed = 1; seed <= 3; seed++) {
				const scene = new RelayScene(seed, { table: { contents: [] } });
				const relay = chain(scene, count);
				scene.first.table = { contents: [contentOf(relay)] };
				scene.first.restart();
				const viewer = scene.watch("/garage", { relay: scene.relays[seed % count] });
				scene.until("the viewer has an answer", 30, () => viewer.status > 0);
				assert.equal(viewer.status, 508, `${count} relays: ${viewer.body}`);
				scene.run(1);
				assert.match(viewer.body, /loop detected/i);
				const asked = scene.relays.reduce((sum, { cable }) => sum + cable.connections, 0);
				assert.ok(asked <= 2 * count, `${asked} connections in a circle of ${count}`);
				scene.run(60);
				const open = scene.relays.map(({ relay: { monitor } }) => monitor.list().length);
				assert.deepEqual(open, Array(count).fill(0));
			}
	});

	it("ends a circle of relays that ask each other in the same instant (REP-11)", () => {
		const scene = new RelayScene(1, { table: { contents: [] } });
		const other = chain(scene, 2);
		scene.first.table = { contents: [contentOf(other)] };
		scene.first.restart();
		const viewers = [scene.watch("/garage"), scene.watch("/garage", { relay: other })];
		scene.until("both have an answer", 60, () => viewers.every(({ status }) => status > 0));
		for (const { status } of viewers) assert.ok([502, 504, 508].includes(status), `${status}`);
		scene.run(60);
		assert.deepEqual(
			scene.relays.map(({ relay }) => relay.monitor.list().length),
			[0, 0],
		);
	});

	it(`refuses a chain of more than ${HOPS_MAX} relays (REP-11)`, () => {
		for (const [count, status] of [
			[HOPS_MAX, 200],
			[HOPS_MAX + 1, 508],
		]) {
			const scene = new RelayScene(1);
			const viewer = scene.watch("/garage", { relay: chain(scene, count) });
			scene.until("the viewer has an answer", 30, () => viewer.status > 0);
			assert.equal(viewer.status, status);
		}
	});

	it("refuses malformed hops with 400, and a viewer who claims to have passed this relay with 508 (REP-11)", () => {
		const scene = new RelayScene(1);
		const { hop } = scene.first.relay.services;
		for (const [field, status] of [
			["x", 400],
			["", 400],
			[`${hop}`, 508],
			[`00112233445566aa, ${hop}`, 508],
			["00112233445566aa", 200],
		] as const) {
			const viewer = scene.watch("/garage", { fields: `Porthole-Hops: ${field}\r\n` });
			scene.run(1);
			assert.equal(viewer.status, status, field);
		}
	});

	it("passes a refusal of the camera through the whole chain (REP-2, REP-9)", () => {
		for (const status of [403, 404, 503]) {
			const scene = new RelayScene(1);
			scene.camera.answer = () => `HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`;
			const relay = chain(scene, 3);
			const viewer = scene.watch("/garage", { relay });
			scene.run(5);
			assert.equal(viewer.status, status);
			assert.equal(scene.camera.requests.length, 1);
		}
	});

	it("rides through the crash of a relay in the middle (REP-10)", () => {
		const scene = new RelayScene(1);
		const relay = chain(scene, 3);
		const viewer = scene.watch("/garage", { relay });
		scene.run(5);
		scene.relays[1].crash();
		scene.run(3);
		scene.relays[1].restart();
		const { pictures } = viewer;
		scene.until("pictures come again", 40, () => viewer.pictures > pictures + 10);
		assert.deepEqual([viewer.over, viewer.faults], [undefined, []]);
	});
});
