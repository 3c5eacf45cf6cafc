import assert from "node:assert/strict";
import { MotionPart } from "../../../../src/app/camera/motion-part";
import { DONE } from "../../../../src/web/api";
import { FakeNode } from "../../../support/fake-node";
import { ToyDrive } from "../../camera/toy-drive";

describe("app/camera/motion-part", () => {
	/** A camera that turns, with presets that were saved before. */
	function begin(saved?: string) {
		const node = new FakeNode({ panLimit: 90, tiltLimit: 45, motionSpeed: 60, patrolDwell: 10 });
		if (saved !== undefined) node.store.write("motion", saved);
		const drive = new ToyDrive();
		const part = new MotionPart(node, drive);
		return {
			node,
			panTilt: part.panTilt,
			view: () => [drive.pan, drive.tilt],
			post: (form: Record<string, string>) => part.command(new Map(Object.entries(form))),
			status: () => part.status(),
		};
	}

	it("turns the camera over time, and reports where it looks (IMG-18)", () => {
		const { node, panTilt, view, post, status } = begin();
		assert.deepEqual(post({ pan: "12", tilt: "-6" }), DONE);
		node.pass(100);
		assert.deepEqual(view(), [4.8, -2.4]);
		node.pass(1000);
		assert.deepEqual(view(), [12, -6]);
		assert.deepEqual(post({ save: "Gate" }), DONE);
		assert.deepEqual(status(), { motion: panTilt.state });
		assert.equal(node.changes, 1, "pages show the presets, not where it looks");
	});

	it("reports errors in a command, and changes nothing", () => {
		const { node, panTilt, post } = begin();
		const answer = post({ pan: "far" });
		assert.ok("fault" in answer && answer.fault.includes("degrees"));
		assert.deepEqual([panTilt.deadline, node.changes], [Infinity, 0]);
	});

	it("continues a patrol after a restart", () => {
		const { node, view } = begin("patrol on\n-40 0 left\n0 20 up\n");
		node.pass(700);
		assert.deepEqual(view(), [-40, 0]);
		node.pass(10_700);
		assert.deepEqual(view(), [0, 20]);
	});
});
