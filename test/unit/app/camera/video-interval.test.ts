import assert from "node:assert/strict";
import { VideoPart } from "../../../../src/app/camera/video-part";
import { Frame } from "../../../../src/media/frame";
import type { FrameSink } from "../../../../src/ports/camera";
import { LoopFanOut } from "../../../../src/ports/fan-out";
import { FakeNode } from "../../../support/fake-node";

describe("app/camera/video-part: the time between two pictures", () => {
	it("is not that of a pause without viewers (C3)", () => {
		let sink: FrameSink | undefined;
		const source = {
			description: "toy",
			start(begun: FrameSink) {
				sink = begun;
			},
			stop() {
				sink = undefined;
			},
		};
		const network = { paths: () => [], watch() {}, fanOut: () => new LoopFanOut() } as never;
		const node = new FakeNode({ viewers: 10, uplink: 100 }, { network });
		const video = new VideoPart(node, source, { setTrouble() {} });
		const viewer = { viewers: 1, offer() {} };
		/** Pictures that come every 200 ms. */
		const take = (count: number) => {
			for (let i = 0; i < count; i++) {
				node.pass(200);
				sink?.frame(new Frame(new Uint8Array(4), 0, 4, i, node.now, undefined));
			}
		};

		video.hub.join(node.now, viewer);
		take(1);
		assert.equal(video.state["interval"], 0);
		take(3);
		assert.equal(video.state["interval"], 0.2);
		video.hub.leave(node.now, viewer);
		node.pass(60_000);
		assert.equal(sink, undefined, "the source rests");

		video.hub.join(node.now, viewer);
		take(1);
		assert.equal(video.state["interval"], 0.2, "as it was before");
		node.pass(800);
		take(1);
		assert.equal(video.state["interval"], 1);
		video.leave(() => {});
	});
});
