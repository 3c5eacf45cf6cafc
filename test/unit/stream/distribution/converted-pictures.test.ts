import assert from "node:assert/strict";
import type { Frame } from "../../../../src/media/frame";
import { FrameHub, type FrameViewer } from "../../../../src/media/frame-hub";
import type { FrameSink, JpegConverter } from "../../../../src/ports/camera";
import { ConvertedPictures } from "../../../../src/stream/distribution/converted-pictures";
import { toyFrame } from "../../../support/toy-jpeg";

class ToyConverter implements JpegConverter {
	sink: FrameSink | undefined;
	starts = 0;
	readonly asked: number[] = [];

	start(sink: FrameSink): void {
		this.sink = sink;
		this.starts++;
	}

	convert(frame: Frame): void {
		this.asked.push(frame.sequence);
	}

	stop(): void {
		this.sink = undefined;
	}
}

class Stage {
	now = 0;
	isAwake = false;
	recycled = 0;
	readonly camera = new FrameHub({
		wanted: () => {
			this.isAwake = true;
		},
		unwanted: () => {
			this.isAwake = false;
		},
	});
	readonly converter = new ToyConverter();
	readonly reports: string[] = [];
	readonly pictures = new ConvertedPictures(
		this.camera,
		this.converter,
		() => this.now,
		(message) => this.reports.push(message),
	);
	readonly seen: number[] = [];
	readonly viewer: FrameViewer = {
		viewers: 0,
		offer: () => this.seen.push(this.pictures.latest?.sequence ?? -1),
	};

	take(sequence: number, grey: boolean): void {
		const frame = toyFrame(sequence, this.now, { grey }, () => this.recycled++);
		this.camera.push(this.now, frame);
		frame.release();
	}

	/** The converter is done with a picture. */
	convert(sequence: number): void {
		this.converter.sink?.frame(toyFrame(sequence, this.now, {}, () => this.recycled++));
	}
}

describe("stream/converted-pictures", () => {
	it("passes pictures that RTP/JPEG can carry as they are, without the converter (STR-9)", () => {
		const stage = new Stage();
		stage.pictures.join(0, stage.viewer);
		assert.ok(stage.isAwake);
		stage.take(1, false);
		assert.deepEqual([stage.seen, stage.converter.starts], [[1], 0]);
		assert.equal(stage.pictures.fresh(0)?.sequence, 1);
	});

	it("has the others re-encoded while somebody watches (STR-9)", () => {
		const stage = new Stage();
		stage.pictures.join(0, stage.viewer);
		stage.take(1, true);
		assert.deepEqual([stage.seen, stage.converter.asked], [[], [1]]);
		assert.equal(stage.pictures.fresh(0), undefined, "no picture that cannot be carried");
		stage.convert(1);
		assert.deepEqual(stage.seen, [1]);
		assert.equal(stage.pictures.fresh(0)?.sequence, 1);
		stage.take(2, true);
		assert.equal(stage.converter.starts, 1);
		stage.pictures.leave(0, stage.viewer);
		assert.equal(stage.converter.sink, undefined);
		assert.ok(!stage.isAwake);
		stage.camera.clear();
		assert.equal(stage.recycled, 3);
	});

	it("shows the camera's newest picture to a new client although nobody watched", () => {
		const stage = new Stage();
		stage.take(7, false);
		assert.equal(stage.pictures.fresh(0)?.sequence, 7);
		stage.take(8, true);
		assert.equal(stage.pictures.fresh(0), undefined);
	});

	it("passes pictures as they are while the converter has a problem, so that the reason is told", () => {
		const stage = new Stage();
		stage.pictures.join(0, stage.viewer);
		stage.take(1, true);
		stage.converter.sink?.trouble("ffmpeg is not installed");
		stage.take(2, true);
		assert.deepEqual(stage.seen, [2]);
		stage.converter.sink?.trouble(undefined);
		stage.take(3, true);
		assert.deepEqual([stage.seen, stage.converter.asked], [[2], [1, 3]]);
	});

	it("reports a problem of the converter, and tries it again for the next viewer", () => {
		const stage = new Stage();
		stage.pictures.join(0, stage.viewer);
		stage.take(1, true);
		stage.converter.sink?.trouble("ffmpeg is not installed");
		stage.pictures.leave(0, stage.viewer);
		stage.pictures.join(0, stage.viewer);
		stage.take(2, true);
		assert.deepEqual([stage.seen, stage.converter.asked], [[], [1, 2]]);
		assert.deepEqual(stage.reports, ["ffmpeg is not installed"]);
	});
});
