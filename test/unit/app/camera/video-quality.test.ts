import assert from "node:assert/strict";
import { VideoPart } from "../../../../src/app/camera/video-part";
import { JpegQuality } from "../../../../src/media/jpeg-quality";
import type { FrameSource } from "../../../../src/ports/camera";
import { LoopFanOut } from "../../../../src/ports/fan-out";
import { QualityLadder } from "../../../../src/stream/distribution/quality-ladder";
import { FakeNode } from "../../../support/fake-node";

/** A video part whose quality a ladder may lower, as with a stream server. */
function stage(): {
	node: FakeNode<{ viewers: number; uplink: number }>;
	video: VideoPart;
	quality: JpegQuality;
	ladder: QualityLadder;
} {
	const quality = new JpegQuality(80);
	const source: FrameSource = { description: "toy", quality, start() {}, stop() {} };
	const network = { paths: () => [], watch() {}, fanOut: () => new LoopFanOut() } as never;
	const node = new FakeNode({ viewers: 10, uplink: 100 }, { network });
	const video = new VideoPart(node, source, { setTrouble() {} });
	const ladder = new QualityLadder(source);
	video.qualityOwner = ladder;
	return { node, video, quality, ladder };
}

describe("app/camera/video-part: quality", () => {
	it("shows and keeps the user's quality while streams lower it for a while (STR-10)", () => {
		const { node, video, quality, ladder } = stage();
		ladder.update(0, 1);
		assert.equal(quality.value, 64);
		assert.equal(video.state["quality"], 80);
		assert.deepEqual((video.status() as { source: { quality: number } }).source.quality, 80);
		assert.equal(node.store.read("quality"), undefined, "nothing is stored");
	});

	it("uses and stores the user's change at once (STR-10)", () => {
		const { node, video, quality, ladder } = stage();
		ladder.update(0, 1);
		assert.ok(!("fault" in video.change(new Map([["quality", "70"]]))));
		assert.deepEqual([quality.value, video.quality, node.store.read("quality")], [70, 70, "70"]);
		ladder.update(60_000, 0);
		assert.equal(quality.value, 70);
	});

	it("shares the uplink with viewers by other protocols", () => {
		assert.equal(stage().video.uplink?.viewers, 0);
	});
});
