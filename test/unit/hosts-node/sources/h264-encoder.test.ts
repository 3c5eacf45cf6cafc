import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { H264Encoder, SourceWithH264 } from "../../../../hosts/node/sources/h264-encoder";
import { NAL_PPS, NAL_SPS } from "../../../../src/media/h264";
import type { UnitSource } from "../../../../src/ports/camera";
import { FakeTimers } from "../../../support/fake-timers";
import { needs } from "../../../support/needs";
import { until } from "../../../support/until";
import { Collect, PICTURE } from "./collect";
import { CollectUnits, decode, typesOf, typesOfSets } from "./collect-units";
import { Pretend } from "./pretend";
import { ToySource } from "./toy-source";

const START = 15_000;

describe("hosts-node/sources/h264-encoder", () => {
	let pretend: Pretend;
	let toy: ToySource;
	let sink: CollectUnits;
	const running: { stop(): void }[] = [];
	beforeEach(() => {
		pretend = new Pretend();
		toy = new ToySource();
		sink = new CollectUnits();
	});
	afterEach(async () => {
		for (const source of running.splice(0)) source.stop();
		await pretend.end();
	});

	/** Gives a frame and waits for the picture of its time. @returns the picture */
	async function next(at: number) {
		toy.give(PICTURE, at);
		return until("the picture", START, () => sink.units.find((unit) => Math.abs(unit.at - at) <= 3));
	}

	/** Starts the encoder, and waits until ffmpeg has its first picture. */
	async function begin(encoder: UnitSource, at = 1000) {
		running.push(encoder);
		encoder.start(sink);
		return until("the first picture", START, () => {
			if (sink.units.length === 0) toy.give(PICTURE, at++);
			return sink.units[0];
		});
	}

	it("gives each frame at once, with its time, in pictures that ffmpeg decodes (STR-25)", async function () {
		needs(this, "ffmpeg");
		const encoder = new H264Encoder(toy, 15);
		const first = await begin(encoder);
		const begun = Math.ceil(first.at) + 100;
		for (let i = 0; i < 10; i++) {
			const unit = await next(begun + i * 66);
			assert.equal(unit.ticks, Math.round(unit.at * 90));
		}
		assert.equal(first.isKey, true);
		assert.deepEqual(typesOf(first).slice(0, 2), [NAL_SPS, NAL_PPS]);
		assert.deepEqual(typesOfSets(encoder.parameterSets), [NAL_SPS, NAL_PPS]);
		assert.deepEqual(decode(sink.stream), { pictures: sink.units.length, complaints: "" });
		const sequences = sink.units.map(({ sequence }) => sequence);
		assert.deepEqual(
			sequences,
			sequences.map((_, i) => i),
		);
		assert.equal(encoder.broken, 0);
	});

	it("makes a key picture every 2 s, and when asked for, but not twice within 250 ms (STR-25)", async function () {
		needs(this, "ffmpeg");
		const encoder = new H264Encoder(toy, 15);
		const first = await begin(encoder);
		const begun = Math.ceil(first.at) + 10_000;
		const keys: number[] = [];
		for (let at = 0; at <= 4500; at += 100) {
			if (at === 700 || at === 800 || at === 900) encoder.requestKey();
			const unit = await next(begun + at);
			if (unit.isKey) keys.push(at);
		}
		// The first one because so much time has passed; asked for at 700; at 800 it is too early, so at 1000.
		assert.deepEqual(keys, [0, 700, 1000, 3000]);
		assert.equal(decode(sink.stream).complaints, "");
	});

	it("encodes pictures of another size after another start of ffmpeg", async function () {
		needs(this, "ffmpeg");
		const file = pretend.film("odd.jpg", "testsrc=size=321x243:rate=1:duration=1", "-pix_fmt", "yuvj420p");
		const odd = new Uint8Array(readFileSync(file));
		const encoder = new H264Encoder(toy, 15);
		await begin(encoder);
		const [before] = encoder.parameterSets;
		let at = 5000;
		const unit = await until("a picture of the other size", START, () => {
			toy.give(odd, at++);
			const [newest] = encoder.parameterSets;
			const keys = sink.units.filter(({ isKey }) => isKey);
			return Buffer.compare(newest, before) === 0 || keys.length < 2 ? undefined : keys.at(-1);
		});
		const { bytes, start, end } = unit;
		assert.deepEqual(decode(Buffer.from(bytes.subarray(start, end))), { pictures: 1, complaints: "" });
		assert.deepEqual(sink.troubles, []);
	});

	it("goes on for longer than ffmpeg can count milliseconds", async function () {
		needs(this, "ffmpeg");
		const encoder = new H264Encoder(toy, 15);
		const first = await begin(encoder);
		let at = Math.ceil(first.at);
		for (let i = 0; i < 3; i++) {
			at += 15 * 24 * 3600 * 1000;
			const unit = await until("a picture after weeks", START, () => {
				toy.give(PICTURE, at);
				return sink.units.find((unit) => Math.abs(unit.at - at) <= 200);
			});
			assert.equal(unit.isKey, true);
		}
		assert.deepEqual([sink.troubles, decode(sink.stream).complaints], [[], ""]);
	});

	it("retains frames only until ffmpeg has them, and runs nothing before it is started and after its end", async function () {
		needs(this, "ffmpeg");
		const encoder = new H264Encoder(toy, 15);
		assert.equal(toy.starts, 0);
		await begin(encoder);
		encoder.stop();
		assert.equal(toy.stops, 1);
		await until("all frames back", 3000, () => toy.lent === 0);
		const { length } = sink.units;
		toy.give(PICTURE, 90_000);
		assert.equal(sink.units.length, length);
	});

	it("leaves frames out while ffmpeg does not read", async () => {
		pretend.program("ffmpeg", `echo up > ${pretend.folder}/up; exec sleep 60`);
		const encoder = new H264Encoder(toy, 15);
		running.push(encoder);
		encoder.start(sink);
		await until("ffmpeg", 5000, () => pretend.read("up") !== "");
		for (let i = 0; i < 400; i++) toy.give(PICTURE, i * 10);
		assert.ok(toy.lent * PICTURE.length < 5e6, `${toy.lent} frames wait`);
		encoder.stop();
		await until("all frames back", 5000, () => toy.lent === 0);
	});

	it("reports that ffmpeg gives nothing, but waits for frames as long as it takes", async () => {
		pretend.program("ffmpeg", `echo up >> ${pretend.folder}/up; exec sleep 60`);
		const timers = new FakeTimers();
		const encoder = new H264Encoder(toy, 15, timers);
		running.push(encoder);
		encoder.start(sink);
		timers.pass(0);
		timers.pass(120_000);
		assert.deepEqual(sink.troubles, []);
		toy.give(PICTURE, 1);
		timers.pass(40_000);
		assert.match(sink.troubles[0] ?? "", /^no picture for 15 s/);
	});

	for (const [what, script, message] of [
		["lacks libx264", `echo "Unknown encoder 'libx264'" >&2; exit 1`, /lacks libx264; install one that has it/],
		["fails", 'echo "[x @ 0x1] out of memory" >&2; exit 1', /^out of memory$/],
	] as const) {
		it(`reports that ffmpeg ${what}`, async () => {
			pretend.program("ffmpeg", script);
			const encoder = new H264Encoder(toy, 15);
			running.push(encoder);
			encoder.start(sink);
			await until("trouble", 5000, () => sink.troubles.length > 0);
			assert.match(sink.troubles[0] ?? "", message);
		});
	}

	it("reports that ffmpeg is not installed", async () => {
		pretend.nothingElse();
		const encoder = new H264Encoder(toy, 15);
		running.push(encoder);
		encoder.start(sink);
		await until("trouble", 5000, () => sink.troubles.length > 0);
		assert.match(sink.troubles[0] ?? "", /ffmpeg is not installed; install it/);
	});

	describe("beside the frames", () => {
		it("takes the camera's frames for pages and for H.264 from one run of the source (STR-25)", async function () {
			needs(this, "ffmpeg");
			const source = new SourceWithH264(toy, 15);
			const frames = new Collect();
			running.push(source);
			source.start(frames);
			await begin(source.h264);
			assert.equal(toy.starts, 1);
			const { length } = frames.frames;
			assert.ok(length > 0);
			source.stop();
			assert.equal(toy.stops, 0);
			await next(80_000);
			assert.equal(frames.frames.length, length);
			source.h264.stop();
			assert.equal(toy.stops, 1);
			for (const frame of frames.frames) frame.release();
			await until("all frames back", 3000, () => toy.lent === 0);
		});

		it("tells both what is wrong with the camera", () => {
			pretend.program("ffmpeg", "exec sleep 60");
			const source = new SourceWithH264(toy, 15, new FakeTimers());
			const frames = new Collect();
			running.push(source);
			source.start(frames);
			toy.sink?.trouble("unplugged");
			running.push(source.h264);
			source.h264.start(sink);
			toy.sink?.trouble(undefined);
			assert.deepEqual(
				[frames.troubles, sink.troubles],
				[
					["unplugged", undefined],
					["unplugged", undefined],
				],
			);
		});

		it("leaves it to the camera where that has H.264 itself", () => {
			const own = { description: "own", parameterSets: [], start: () => {}, stop: () => {} };
			const source = new SourceWithH264(Object.assign(new ToySource(), { h264: own }), 15);
			assert.equal(source.h264, own);
		});
	});
});
