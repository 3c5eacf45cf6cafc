import assert from "node:assert/strict";
import { SourceActivation } from "../../../../src/app/camera/source-activation";
import { Frame } from "../../../../src/media/frame";
import type { FrameSink, FrameSource } from "../../../../src/ports/camera";

const LINGER = 10000;

/** A passive source that records its calls. */
class ToySource implements FrameSource {
	readonly description = "toy";
	readonly told: string[] = [];
	sink: FrameSink | undefined;

	start(sink: FrameSink): void {
		this.told.push("start");
		this.sink = sink;
	}

	stop(): void {
		this.told.push("stop");
	}
}

function scene(push: (frame: Frame) => void = () => {}) {
	const source = new ToySource();
	const words: (string | undefined)[] = [];
	const gate = new SourceActivation(source, { frame: push, troubled: (fault) => void words.push(fault) });
	return { source, gate, words };
}

describe("app/camera/source-activation", () => {
	it("starts the source for the first viewer, once, and gives it the gate to fill", () => {
		const { source, gate } = scene();
		assert.deepEqual([source.told, gate.deadline], [[], Infinity]);
		for (let i = 0; i < 3; i++) gate.wanted();
		assert.deepEqual([source.told, gate.deadline], [["start"], Infinity]);
		assert.equal(source.sink, gate);
	});

	it("lets it run for 10 s after the last viewer, and not longer", () => {
		const { source, gate } = scene();
		gate.wanted();
		gate.unwanted(5000);
		assert.equal(gate.deadline, 5000 + LINGER);
		gate.expire(5000 + LINGER - 1);
		assert.deepEqual(source.told, ["start"]);
		gate.expire(5000 + LINGER);
		assert.deepEqual([source.told, gate.deadline], [["start", "stop"], Infinity]);
		gate.expire(60000);
		assert.deepEqual(source.told, ["start", "stop"], "once");
	});

	it("continues without a break for a viewer that comes in time, and starts again for a later one", () => {
		const { source, gate } = scene();
		gate.wanted();
		gate.unwanted(0);
		gate.wanted();
		gate.expire(LINGER);
		gate.expire(60 * LINGER);
		assert.deepEqual([source.told, gate.deadline], [["start"], Infinity]);
		gate.unwanted(100000);
		gate.expire(100000 + LINGER);
		gate.wanted();
		assert.deepEqual(source.told, ["start", "stop", "start"]);
	});

	it("stops at once on request, and does not stop a source that is not running", () => {
		const { source, gate } = scene();
		gate.stop();
		gate.unwanted(0);
		assert.deepEqual([source.told, gate.deadline], [[], Infinity]);
		gate.wanted();
		gate.unwanted(0);
		gate.stop();
		gate.stop();
		assert.deepEqual([source.told, gate.deadline], [["start", "stop"], Infinity]);
	});

	it("hands each frame on, and releases it afterwards", () => {
		const seen: string[] = [];
		const { gate } = scene((frame) => void seen.push(`frame ${frame.sequence}`));
		const frame = (sequence: number) =>
			new Frame(new Uint8Array(4), 0, 4, sequence, 0, undefined, () => void seen.push(`free ${sequence}`));
		gate.wanted();
		for (let i = 1; i < 3; i++) gate.frame(frame(i));
		assert.deepEqual(seen, ["frame 1", "free 1", "frame 2", "free 2"]);
	});

	it("does not touch a frame that a viewer holds", () => {
		const freed: number[] = [];
		const kept: Frame[] = [];
		const { gate } = scene((frame) => void kept.push(frame.retain()));
		gate.frame(new Frame(new Uint8Array(4), 0, 4, 1, 0, undefined, () => void freed.push(1)));
		assert.deepEqual(freed, []);
		kept[0].release();
		assert.deepEqual(freed, [1]);
	});

	it("reports trouble when it starts, changes and ends, each time once", () => {
		const { gate, words } = scene();
		for (const told of [undefined, "no camera", "no camera", "no light", "no light", undefined, undefined, "no camera"])
			gate.trouble(told);
		assert.deepEqual(words, ["no camera", "no light", undefined, "no camera"]);
		gate.stop();
		assert.equal(gate.fault, "no camera", "a source that is stopped is not well by that");
	});
});
