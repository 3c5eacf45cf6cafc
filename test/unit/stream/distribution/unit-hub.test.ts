import assert from "node:assert/strict";
import { AccessUnit } from "../../../../src/media/access-unit";
import { UnitHub, type UnitViewer } from "../../../../src/stream/distribution/unit-hub";
import { ToyUnits } from "../../../support/stream-stage";

class Viewer implements UnitViewer {
	readonly sequences: number[] = [];

	unit(_now: number, unit: AccessUnit): void {
		this.sequences.push(unit.sequence);
	}
}

describe("stream/unit-hub", () => {
	const stage = () => {
		const camera: { h264?: ToyUnits } = { h264: new ToyUnits() };
		const troubles: string[] = [];
		const hub = new UnitHub(
			camera,
			() => 5,
			(message) => troubles.push(message),
		);
		return { camera, source: camera.h264 as ToyUnits, hub, viewer: new Viewer(), troubles };
	};

	it("follows the camera to another source within 2 s, and waits while it has none (STR-25)", () => {
		const { hub, source, camera, viewer } = stage();
		hub.join(viewer);
		assert.equal(hub.deadline, 2005);
		const next = new ToyUnits();
		camera.h264 = next;
		assert.equal(hub.source, source, "what runs");
		hub.expire(2005);
		assert.deepEqual([source.sink, next.starts, hub.source], [undefined, 1, next]);
		delete camera.h264;
		hub.expire(hub.deadline);
		assert.equal(next.sink, undefined);
		camera.h264 = next;
		hub.expire(hub.deadline);
		assert.equal(next.starts, 2);
		delete camera.h264;
		hub.expire(hub.deadline);
		hub.leave(9, viewer);
		assert.equal(hub.deadline, Infinity);
	});

	it("runs the source while there are viewers and 10 seconds longer (STR-25)", () => {
		const { hub, source, viewer } = stage();
		assert.equal(hub.deadline, Infinity);
		hub.join(viewer);
		hub.join(viewer);
		hub.join(new Viewer());
		assert.equal(source.starts, 1);
		hub.leave(100, viewer);
		hub.expire(20_000);
		assert.ok(source.sink !== undefined);
		const other = new Viewer();
		hub.join(other);
		hub.leave(200, other);
		hub.leave(200, other);
		assert.ok(source.sink !== undefined);
	});

	it("stops the source 10 seconds after the last viewer has left, unless one comes (STR-25)", () => {
		const { hub, source, viewer } = stage();
		hub.join(viewer);
		hub.leave(100, viewer);
		assert.equal(hub.deadline, 10_100);
		hub.join(viewer);
		hub.leave(200, viewer);
		hub.expire(10_199);
		assert.ok(source.sink !== undefined);
		hub.expire(10_200);
		assert.equal(source.sink, undefined);
		assert.equal(hub.deadline, Infinity);
		assert.equal(source.starts, 1);
	});

	it("gives each picture to all viewers, and releases it", () => {
		const { hub, source, viewer } = stage();
		const other = new Viewer();
		hub.join(viewer);
		hub.join(other);
		let recycled = 0;
		source.sink?.unit(new AccessUnit(new Uint8Array(8), 0, 8, true, 3, 0, 0, () => recycled++));
		assert.deepEqual([viewer.sequences, other.sequences, recycled], [[3], [3], 1]);
	});

	it("reports each trouble of the source once", () => {
		const { hub, source, viewer, troubles } = stage();
		hub.join(viewer);
		source.sink?.trouble("no signal");
		source.sink?.trouble("no signal");
		source.sink?.trouble(undefined);
		source.sink?.trouble("no signal");
		assert.deepEqual(troubles, ["no signal", "no signal"]);
	});

	it("asks the running source for a key picture, and starts another source that took its place", () => {
		const { hub, source, camera, viewer } = stage();
		hub.requestKey();
		assert.equal(source.keys, 0);
		hub.join(viewer);
		hub.requestKey();
		assert.equal(source.keys, 1);
		const next = new ToyUnits();
		camera.h264 = next;
		hub.join(new Viewer());
		assert.deepEqual([source.sink, next.starts], [undefined, 1]);
	});
});
