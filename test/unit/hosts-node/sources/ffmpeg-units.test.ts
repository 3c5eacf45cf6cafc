import assert from "node:assert/strict";
import { FfmpegSource } from "../../../../hosts/node/sources/ffmpeg-source";
import { FfmpegUnits } from "../../../../hosts/node/sources/ffmpeg-units";
import { NAL_PPS, NAL_SPS } from "../../../../src/media/h264";
import { FakeTimers } from "../../../support/fake-timers";
import { needs } from "../../../support/needs";
import { until } from "../../../support/until";
import { Collect } from "./collect";
import { CollectUnits, decode, typesOf, typesOfSets } from "./collect-units";
import { Pretend } from "./pretend";

const START = 15_000;
const FILM = "testsrc=size=160x120:rate=20:duration=1";

describe("hosts-node/sources/ffmpeg-units", () => {
	let pretend: Pretend;
	let sink: CollectUnits;
	const running: { stop(): void }[] = [];
	beforeEach(() => {
		pretend = new Pretend();
		sink = new CollectUnits();
	});
	afterEach(async () => {
		for (const source of running.splice(0)) source.stop();
		await pretend.end();
	});

	for (const [name, ...encoder] of [
		["film.mp4", "-c:v", "libx264", "-bf", "2", "-g", "10", "-pix_fmt", "yuv420p"],
		["film.mkv", "-c:v", "libx264", "-preset", "ultrafast", "-g", "5", "-pix_fmt", "yuv420p"],
	] as const) {
		it(`passes the H.264 of ${name} on in a loop, beside its frames (STR-25)`, async function () {
			needs(this, "ffmpeg", "ffprobe");
			const name_ = pretend.film(name, FILM, ...encoder);
			const source = new FfmpegSource({ kind: "file", name: name_ }, 15);
			running.push(source);
			assert.equal(source.h264, undefined);
			const frames = new Collect();
			source.start(frames);
			const units = await until("H.264", START, () => source.h264);
			running.push(units);
			units.start(sink);
			await until("a second round", START, () => sink.units.length > 25);
			await until("a frame", START, () => frames.frames.length > 0);
			units.stop();
			const [first] = sink.units;
			assert.equal(first.isKey, true);
			for (const unit of sink.units) {
				const types = typesOf(unit);
				if (unit.isKey) assert.ok(types.includes(NAL_SPS) && types.includes(NAL_PPS), `${types}`);
			}
			assert.deepEqual(typesOfSets(units.parameterSets), [NAL_SPS, NAL_PPS]);
			assert.equal(decode(sink.stream).complaints, "");
			// The time goes on in the second round; with pictures out of order each has the time at which it is shown.
			const times = sink.units.map(({ ticks }) => ticks).sort((a, b) => a - b);
			for (let i = 1; i < 20; i++) {
				const step = times[i] - times[i - 1];
				assert.ok(Math.abs(step - 4500) <= 180, `${step} ticks from picture to picture`);
			}
			assert.deepEqual([sink.troubles, frames.troubles, units.description], [[], [], `H.264 of ${name_}`]);
		});
	}

	it("offers no H.264 of other films", async function () {
		needs(this, "ffmpeg", "ffprobe");
		const source = new FfmpegSource({ kind: "file", name: pretend.film("film.avi", FILM, "-c:v", "mpeg4") }, 15);
		running.push(source);
		const frames = new Collect();
		source.start(frames);
		await until("a frame", START, () => frames.frames.length > 0);
		assert.equal(source.h264, undefined);
	});

	it("starts ffmpeg again when it dies, without showing a password", async () => {
		pretend.program("ffmpeg", 'echo "[tcp @ 0x55] rtmp://me:hunter2@camera/1: $$ refused" >&2; exit 3');
		const timers = new FakeTimers();
		const units = new FfmpegUnits({ kind: "url", name: "rtmp://me:hunter2@camera/1" }, timers);
		running.push(units);
		units.start(sink);
		timers.pass(0);
		for (const wait of [1000, 2000, 4000]) {
			const { length } = sink.troubles;
			await until("its death", START, () => sink.troubles.length > length);
			assert.match(sink.troubles[length] ?? "", /^rtmp:\/\/\*\*\*@camera\/1: \d+ refused$/);
			assert.equal(timers.wait, wait);
			timers.pass(wait);
		}
		assert.equal(units.description, "H.264 of rtmp://***@camera/1");
	});
});
