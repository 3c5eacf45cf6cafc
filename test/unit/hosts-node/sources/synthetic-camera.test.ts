import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { Canvas } from "../../../../hosts/node/sources/canvas";
import { drawable } from "../../../../hosts/node/sources/glyphs";
import { SyntheticCamera } from "../../../../hosts/node/sources/synthetic-camera";
import { ViewportDrive } from "../../../../hosts/node/sources/viewport-drive";
import { FakeTimers } from "../../../support/fake-timers";
import { until } from "../../../support/until";
import { Collect, infoOf, jpegOf } from "./collect";

/** Pictures a second. */
const FPS = 20;

describe("hosts-node/sources/synthetic-camera", () => {
	const cameras: SyntheticCamera[] = [];
	afterEach(() => {
		for (const camera of cameras.splice(0)) camera.stop();
	});

	function start(name: () => string, look: number, timers?: FakeTimers): [SyntheticCamera, Collect] {
		const camera = new SyntheticCamera(name, look, FPS, timers);
		cameras.push(camera);
		const sink = new Collect();
		camera.start(sink);
		return [camera, sink];
	}

	/** Lets a period pass, and waits for the picture that is due. */
	async function nextFrame(timers: FakeTimers, sink: Collect): Promise<void> {
		const { length } = sink.frames;
		timers.pass(1000 / FPS);
		await until("a frame", 10_000, () => sink.frames.length > length);
	}

	it("produces moving pictures that RTP can carry: baseline, 4:2:0, standard Huffman tables (IMG-17)", async () => {
		const timers = new FakeTimers();
		const [, sink] = start(() => "server 1", 0, timers);
		for (let i = 0; i < 5; i++) await nextFrame(timers, sink);
		for (const frame of sink.frames) {
			const { scanStart, ...info } = infoOf(frame);
			assert.deepEqual(info, {
				width: 640,
				height: 480,
				baseline: true,
				subsampling: "4:2:0",
				standardHuffman: true,
				restartInterval: 0,
			});
			assert.ok(frame.length < 100_000 && scanStart < 2000);
		}
		const pictures = sink.frames.map((frame) => Buffer.from(jpegOf(frame)).toString("latin1"));
		assert.equal(new Set(pictures).size, 5, "the pictures move");
		assert.deepEqual(sink.troubles, []);
	});

	it("shows the present name, and another scene for each look", async () => {
		let name = "one";
		const [first, sink] = start(() => name, 1);
		const [, other] = start(() => "one", 2);
		await until("frames", 10_000, () => sink.frames.length > 1 && other.frames.length > 0);
		assert.ok((await difference(sink.frames.at(-1)!, other.frames[0], 100, 100, 440, 300)) > 20);
		const before = sink.frames.at(-1)!;
		name = "another name";
		const { length } = sink.frames;
		await until("frames", 5000, () => sink.frames.length > length + 2);
		first.stop();
		assert.ok((await difference(before, sink.frames.at(-1)!, 120, 20, 160, 40)) > 20);
	});

	it("changes size, brightness and flip with the next pictures", async () => {
		const timers = new FakeTimers();
		const [camera, sink] = start(() => "x", 4, timers);
		await nextFrame(timers, sink);
		const before = sink.frames.at(-1)!;
		camera.controls.set({ flip: "both" });
		await nextFrame(timers, sink);
		assert.ok((await difference(before, sink.frames.at(-1)!, 100, 100, 440, 300)) > 20, "turned upside down");
		camera.controls.set({ flip: "none", brightness: 50 });
		await nextFrame(timers, sink);
		assert.ok((await difference(before, sink.frames.at(-1)!, 100, 100, 440, 300)) > 20, "brighter");
		camera.controls.set({ brightness: 0, resolution: { width: 320, height: 240 } });
		assert.equal(camera.description, "synthetic 320x240");
		await nextFrame(timers, sink);
		const { width, height, subsampling, standardHuffman } = infoOf(sink.frames.at(-1)!);
		assert.deepEqual([width, height, subsampling, standardHuffman], [320, 240, "4:2:0", true]);
		assert.throws(() => camera.controls.set({ resolution: { width: 1920, height: 1080 } }), RangeError);
	});

	it("pans and tilts: the viewport moves over the scene, within its limits (IMG-18)", async () => {
		const [camera, sink] = start(() => "x", 3);
		await until("a frame", 10_000, () => sink.frames.length > 0);
		const ahead = sink.frames[0];
		camera.motion.moveTo(1000, -1000);
		assert.deepEqual([camera.motion.pan, camera.motion.tilt], [camera.motion.panLimit, -camera.motion.tiltLimit]);
		await until(
			"another view",
			5000,
			async () => (await difference(ahead, sink.frames.at(-1)!, 100, 100, 440, 300)) > 20,
		);
	});

	it("compresses at the quality that is asked for (IMG-17)", async () => {
		const [camera, sink] = start(() => "x", 3);
		assert.equal(camera.quality.value, 80);
		const sizes: number[] = [];
		for (const quality of [80, 10, 95]) {
			camera.quality.set(quality);
			const { length } = sink.frames;
			// One more may be under way with the quality before.
			await until("frames", 10_000, () => sink.frames.length > length + 2);
			sizes.push(sink.frames.at(-1)!.length);
		}
		assert.ok(sizes[1] < sizes[0] / 2 && sizes[2] > sizes[0] * 1.3, `${sizes}`);
		for (const wrong of [0, 101, 79.5, NaN, Infinity]) assert.throws(() => camera.quality.set(wrong), RangeError);
		assert.equal(camera.quality.value, 95);
	});

	it("produces one picture in each period, for each of three cameras", async () => {
		const timers = new FakeTimers();
		const three = [0, 1, 2].map((look) => start(() => `camera ${look}`, look, timers)[1]);
		for (let count = 1; count <= 2 * FPS; count++) {
			timers.pass(1000 / FPS);
			await until("a frame of each", 10_000, () => three.every((sink) => sink.frames.length >= count));
		}
		assert.deepEqual(
			three.map((sink) => sink.frames.length),
			[2 * FPS, 2 * FPS, 2 * FPS],
		);
	});

	it("skips pictures while one is being encoded", async () => {
		const timers = new FakeTimers();
		const [, sink] = start(() => "x", 0, timers);
		await nextFrame(timers, sink);
		// In one turn of the loop nothing is encoded: of four periods only the first starts a picture.
		timers.pass(4000 / FPS);
		await until("a frame", 10_000, () => sink.frames.length > 1);
		assert.equal(sink.frames.length, 2);
		await nextFrame(timers, sink);
		assert.equal(sink.frames.length, 3);
	});

	it("moves its drive at a speed, to the limits and no further (IMG-18)", () => {
		const drive = new ViewportDrive(45, 15);
		assert.deepEqual(drive.look(0), [0, 0]);
		drive.moveTo(30, 100);
		assert.deepEqual([drive.pan, drive.tilt], [30, 15]);
		assert.deepEqual(drive.look(20), [7.2, 7.2]);
		assert.deepEqual(drive.look(70), [25.2, 15]);
		assert.deepEqual(drive.look(10_000), [30, 15]);
		drive.moveTo(Number.NaN, Number.NEGATIVE_INFINITY);
		assert.deepEqual([drive.pan, drive.tilt], [30, -15]);
	});

	for (const [text, expected] of [
		["server 1", "server 1"],
		["Küche Åse", "Küche Åse"],
		["Łódź ščř", "?ódz scr"],
		["a\u0308", "ä"],
		["東京 🏠", "?? ?"],
	]) {
		it(`writes ${text} as ${expected}`, () => assert.equal(drawable(text), expected));
	}

	it("clips drawing at the edge", () => {
		const canvas = new Canvas(40, 30);
		const sprite = { width: 20, height: 20, pixels: Buffer.alloc(20 * 20 * 4, 255) };
		for (const [x, y] of [
			[-10, -10],
			[35, 25],
			[-50, 5],
			[100, 100],
		]) {
			canvas.stamp(sprite, x, y);
		}
		canvas.write("a long text over the edge", 20, 20, 2);
		assert.equal(canvas.pixels[0], 255);
		assert.equal(canvas.pixels[(15 * 40 + 5) * 3], 0);
	});
});

/** The mean difference of a part of two frames, 0 to 255. */
async function difference(
	a: Parameters<typeof jpegOf>[0],
	b: Parameters<typeof jpegOf>[0],
	left: number,
	top: number,
	width: number,
	height: number,
): Promise<number> {
	const sharp = createRequire(__filename)("sharp");
	const [one, other]: Buffer[] = await Promise.all(
		[a, b].map((frame) => sharp(jpegOf(frame)).extract({ left, top, width, height }).raw().toBuffer()),
	);
	let sum = 0;
	for (let i = 0; i < one.length; i++) sum += Math.abs(one[i] - other[i]);
	return sum / one.length;
}
