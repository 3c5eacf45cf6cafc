import assert from "node:assert/strict";
import { CAMERA, RelayScene } from "../support/relay-scene";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";

describe("simulation/relay-rig", () => {
	it("has a viewer that checks pictures, against the camera itself", () => {
		const scene = new RelayScene(1);
		const viewer = new VirtualMjpegViewer(scene.addServer("viewer", "198.20.0.99"), {
			address: CAMERA,
			port: 80,
			target: "/live",
		});
		scene.run(5);
		assert.deepEqual([viewer.status, viewer.faults, viewer.over], [200, [], undefined]);
		assert.ok(viewer.pictures >= 49, `${viewer.pictures}`);
		assert.deepEqual(viewer.fills.slice(0, 5), [1, 2, 3, 4, 5]);
		assert.ok(viewer.octets - viewer.payload - viewer.head.length <= 4);
		viewer.leave();
		scene.run(1);
		assert.equal(scene.camera.open.size, 0);
	});

	it("has a relay with pages in the access network", () => {
		const scene = new RelayScene(1);
		const viewer = scene.watch("/no-such-thing");
		scene.run(1);
		assert.ok([401, 404].includes(viewer.status), `${viewer.status}`);
		assert.deepEqual(scene.first.cable, { connections: 0, asked: 0, octets: 0 });
	});
});
