import assert from "node:assert/strict";
import { V4l2Source } from "../../../../hosts/linux/devices/v4l2-source";
import type { Frame } from "../../../../src/media/frame";
import type { FrameSink } from "../../../../src/ports/camera";
import { type FakeCamera, FakeDriver, TestTime } from "./fake-camera";

class Sink implements FrameSink {
	readonly frames: Frame[] = [];
	readonly troubles: (string | undefined)[] = [];
	frame(frame: Frame): void {
		this.frames.push(frame);
	}
	trouble(words: string | undefined): void {
		this.troubles.push(words);
	}
}

describe("hosts-linux/devices/v4l2-source", () => {
	let driver: FakeDriver;
	let time: TestTime;
	let sink: Sink;
	let source: V4l2Source;
	/** Buffers that connections send from. */
	let held: Set<Uint8Array>;

	beforeEach(() => {
		held = new Set();
		driver = new FakeDriver();
		time = new TestTime();
		sink = new Sink();
		source = new V4l2Source(driver, { device: "", width: 0, height: 0, fps: 15, quality: 80 }, time, time, (bytes) =>
			held.has(bytes),
		);
	});

	function begin(): FakeCamera {
		source.start(sink);
		time.pass(0);
		return driver.cameras[driver.cameras.length - 1];
	}

	it("lends the camera's memory: one view for each slot, however many pictures (IMG-17)", () => {
		const camera = begin();
		for (let i = 0; i < 9; i++) camera.readable();
		assert.deepEqual(
			sink.frames.map((frame) => frame.sequence),
			[0, 1, 2, 3, 4, 5, 6, 7, 8],
		);
		assert.equal(camera.asked, 3);
		assert.equal(sink.frames[0].bytes, sink.frames[3].bytes);
		assert.equal(sink.frames[1].bytes.buffer, camera.slots[1]);
		assert.deepEqual([sink.frames[0].start, sink.frames[0].end], [100, 150]);
		assert.equal(source.description, "Fake (/dev/video2), 640x480 MJPG");
	});

	it("chooses the quality before the camera is open, while it runs, and when it is plugged in again (IMG-17)", () => {
		assert.equal(source.quality?.value, 80);
		source.quality?.set(70);
		const camera = begin();
		assert.equal(camera.quality, 70);
		source.quality?.set(40);
		assert.equal(camera.quality, 40);
		driver.gone = "gone";
		camera.readable();
		source.quality?.set(30);
		driver.gone = undefined;
		time.pass(1000);
		assert.deepEqual([camera.quality, driver.cameras[1].quality, source.quality?.value], [40, 30, 30]);
		for (const wrong of [0, 101, 1.5, NaN]) assert.throws(() => source.quality?.set(wrong), RangeError);
	});

	it("opens the camera again at another size, and changes brightness and flip while it runs", () => {
		source.controls.set({ brightness: 20 });
		const camera = begin();
		assert.deepEqual(camera.looks, [[20, 0, 0]], "what was asked before it was open");
		source.controls.set({ flip: "both" });
		assert.deepEqual(camera.looks[1], [20, 1, 1]);
		source.controls.set({ resolution: { width: 1920, height: 1080 } });
		time.pass(1);
		assert.equal(camera.closed, 1);
		assert.deepEqual([driver.choice?.width, driver.choice?.height], [1920, 1080]);
		assert.deepEqual(driver.cameras[1].looks, [[20, 1, 1]]);
		source.controls.set({ resolution: { width: 0, height: 0 }, flip: "none" });
		time.pass(1);
		assert.deepEqual([driver.choice?.width, driver.cameras.length], [0, 3], "back to the size in the settings");
		assert.deepEqual(driver.cameras[2].looks, [[20, 0, 0]]);
	});

	it("offers no brightness and no flip while a camera is open whose driver has no controls for them", () => {
		driver.look = 0;
		assert.equal(source.controls.look.brightness, 0, "not known yet");
		const camera = begin();
		assert.deepEqual(source.controls.look, {
			resolution: { width: 0, height: 0 },
			brightness: undefined,
			flip: undefined,
		});
		assert.deepEqual(camera.looks, [], "and what others have set stays");
	});

	it("offers no quality while a camera is open that compresses as it likes", () => {
		const offered = () => source.quality?.value;
		driver.obeys = false;
		begin();
		assert.equal(offered(), undefined);
		source.stop();
		assert.equal(offered(), 80);
	});

	it("returns a picture at its last release, not before", () => {
		const camera = begin();
		for (let i = 0; i < 2; i++) camera.readable();
		sink.frames[1].retain();
		sink.frames[1].release();
		assert.deepEqual(camera.released, []);
		sink.frames[1].release();
		sink.frames[0].release();
		assert.deepEqual(camera.released, [1, 0]);
	});

	it("returns a picture only when no connection sends from it any more", () => {
		const camera = begin();
		for (let i = 0; i < 3; i++) camera.readable();
		for (const { bytes } of sink.frames) held.add(bytes);
		for (const frame of sink.frames.splice(0)) frame.release();
		assert.deepEqual(camera.released, []);
		driver.empty = true;
		held.delete([...held][1]);
		camera.readable();
		assert.deepEqual(camera.released, [1]);
		held.clear();
		camera.readable();
		assert.deepEqual(camera.released, [1, 2, 0]);
		camera.readable();
		assert.equal(camera.released.length, 3);
	});

	it("does nothing when no picture is ready", () => {
		driver.empty = true;
		begin().readable();
		assert.deepEqual([sink.frames, sink.troubles], [[], []]);
	});

	it("logs that there is no camera, and tries again after 1, 2, 4 … 30 s", () => {
		driver.refusal = "no camera found; is it plugged in?";
		begin();
		const waits: number[] = [];
		for (let i = 0; i < 7; i++) {
			waits.push(time.left);
			time.pass(time.left);
		}
		assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
		assert.deepEqual(new Set(sink.troubles), new Set(["no camera found; is it plugged in?"]));
		assert.equal(source.description, "any camera");
	});

	it("recovers at once when the camera is plugged in again, and returns held pictures to the old camera", () => {
		const camera = begin();
		for (let i = 0; i < 3; i++) camera.readable();
		time.pass(10_000);
		driver.gone = "/dev/video2: the camera was unplugged";
		camera.readable();
		assert.equal(camera.closed, 1);
		driver.refusal = "no camera found; is it plugged in?";
		time.pass(1000 + 2000);
		assert.deepEqual(sink.troubles, [driver.gone, driver.refusal, driver.refusal]);
		driver.gone = undefined;
		driver.refusal = undefined;
		driver.changed?.();
		time.pass(200);
		const [, again] = driver.cameras;
		again.readable();
		assert.equal(sink.troubles.at(-1), undefined);
		// Sequences go on, so that viewers take the new camera's first picture for a new one.
		assert.equal(sink.frames[3].sequence, 3);
		sink.frames[2].release();
		assert.deepEqual([camera.released, again.released], [[2], []]);
	});

	it("ignores a device that appears while the camera works", () => {
		const camera = begin();
		camera.readable();
		driver.changed?.();
		time.pass(1000);
		assert.deepEqual([driver.tries, camera.closed], [1, 0]);
	});

	it("reopens a camera that delivers no picture for 15 s", () => {
		const camera = begin();
		time.pass(10_000);
		camera.readable();
		time.pass(14_999);
		assert.equal(camera.closed, 0);
		time.pass(1);
		assert.deepEqual([camera.closed, sink.troubles], [1, ["the camera delivers no picture for 15 s"]]);
		time.pass(1000);
		assert.equal(driver.cameras.length, 2);
	});

	it("tells when all that a camera delivers is broken", () => {
		const camera = begin();
		camera.broken = 40;
		time.pass(15_000);
		assert.deepEqual(sink.troubles, ["the camera delivers no picture for 15 s, only broken ones"]);
	});

	it("starts with a short wait again after a steady run", () => {
		driver.refusal = "busy";
		begin();
		time.pass(1000 + 2000);
		driver.refusal = undefined;
		time.pass(4000);
		const [camera] = driver.cameras;
		for (let i = 0; i < 11; i++) {
			camera.readable();
			time.pass(1000);
		}
		driver.gone = "gone";
		camera.readable();
		assert.equal(time.left, 1000);
	});

	it("closes the camera and the watch on stop, and reports nothing after", () => {
		const camera = begin();
		camera.readable();
		source.stop();
		source.stop();
		camera.readable();
		assert.deepEqual([camera.closed, driver.changed, time.left], [1, undefined, Infinity]);
		assert.equal(sink.frames.length, 1);
		sink.frames[0].release();
		assert.deepEqual(camera.released, [0]);
		begin();
		assert.equal(driver.tries, 2);
	});

	it("opens nothing when stopped before its start", () => {
		source.start(sink);
		source.stop();
		time.pass(60_000);
		assert.equal(driver.tries, 0);
	});

	describe("H.264 from another node (STR-25)", () => {
		const units = { description: "", parameterSets: [], start: () => {}, stop: () => {} };

		it("is offered once the camera has been open, and looked for each time it is opened", () => {
			const made: string[] = [];
			const wish = { device: "", width: 0, height: 0, fps: 15, quality: 80 };
			source = new V4l2Source(
				driver,
				wish,
				time,
				time,
				() => false,
				(path) => {
					made.push(path);
					return { ...units, description: path };
				},
			);
			driver.companion = "/dev/video3";
			const offered = () => source.h264;
			assert.equal(offered(), undefined);
			begin();
			const first = offered();
			assert.equal(first?.description, "/dev/video3");
			source.stop();
			assert.equal(offered(), first);
			begin();
			assert.equal(offered(), first);
			driver.companion = "/dev/video5";
			begin();
			assert.deepEqual([offered()?.description, made], ["/dev/video5", ["/dev/video3", "/dev/video5"]]);
			driver.companion = undefined;
			begin();
			assert.equal(offered(), undefined);
		});

		it("is not looked for where nobody can take it", () => {
			driver.companion = "/dev/video3";
			begin();
			assert.equal(source.h264, undefined);
		});
	});
});
