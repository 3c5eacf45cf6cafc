import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { DecodedSource } from "../../../../hosts/node/sources/decoded-source";
import { AccessUnit } from "../../../../src/media/access-unit";
import type { UnitSink, UnitSource } from "../../../../src/ports/camera";
import { needs } from "../../../support/needs";
import { pause, until } from "../../../support/until";
import { Collect, infoOf } from "./collect";
import { CollectUnits } from "./collect-units";
import { Pretend } from "./pretend";

const START = 15_000;

/** Plays the pictures of a byte stream when a test says so. */
class ToyUnits implements UnitSource {
	readonly description = "toy";
	readonly parameterSets = [];
	sink: UnitSink | undefined;
	readonly calls: string[] = [];
	lent = 0;
	private sequence = 0;

	constructor(private readonly pictures: readonly { bytes: Uint8Array; isKey: boolean }[]) {}

	start(sink: UnitSink): void {
		this.sink = sink;
		this.calls.push("start");
	}

	stop(): void {
		this.sink = undefined;
		this.calls.push("stop");
	}

	requestKey(): void {
		this.calls.push("key");
	}

	/** Gives the next picture. */
	give(): void {
		const { bytes, isKey } = this.pictures[this.sequence % this.pictures.length];
		const at = this.sequence * 50;
		this.lent++;
		this.sink?.unit(
			new AccessUnit(bytes, 0, bytes.length, isKey, this.sequence++, at, at * 90, () => {
				this.lent--;
			}),
		);
	}
}

/** Makes pictures of which every fifth is a key picture. */
function film(): { bytes: Uint8Array; isKey: boolean }[] {
	const input = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=20:duration=1"];
	const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "5", "-pix_fmt", "yuv420p"];
	const args = ["-loglevel", "error", ...input, ...x264, "-x264-params", "aud=1:threads=1", "-f", "h264", "-"];
	const stream = execFileSync("ffmpeg", args);
	const pictures: { bytes: Uint8Array; isKey: boolean }[] = [];
	const delimiter = Buffer.from([0, 0, 0, 1, 9]);
	for (let at = 0, next = 0; next >= 0; at = next) {
		next = stream.indexOf(delimiter, at + 1);
		const bytes = new Uint8Array(stream.subarray(at, next < 0 ? stream.length : next));
		pictures.push({ bytes, isKey: pictures.length % 5 === 0 });
	}
	return pictures;
}

describe("hosts-node/sources/decoded-source", () => {
	let pretend: Pretend;
	let toy: ToyUnits;
	let source: DecodedSource;
	let frames: Collect;

	beforeEach(function () {
		needs(this, "ffmpeg");
		pretend = new Pretend();
		toy = new ToyUnits(film());
		source = new DecodedSource(toy, 1000);
		frames = new Collect();
	});
	afterEach(async () => {
		source?.stop();
		source?.h264.stop();
		await pretend?.end();
	});

	/** Gives pictures until there are `count` more frames, one after another. */
	async function decoded(count: number): Promise<void> {
		const length = frames.frames.length + count;
		let given = 0;
		await until("frames", START, () => {
			if (given++ < 500) toy.give();
			return frames.frames.length >= length;
		});
	}

	it("decodes JPEG frames that RTP can carry, each before the next picture comes (STR-25)", async () => {
		source.start(frames);
		await decoded(5);
		const { width, height, baseline, subsampling, standardHuffman, restartInterval } = infoOf(frames.frames[0]);
		assert.deepEqual([width, height, baseline, subsampling], [160, 120, true, "4:2:0"]);
		assert.deepEqual([standardHuffman, restartInterval], [true, 0]);
		// Of pictures that ffmpeg reads in the same millisecond it makes one frame: all that were given have to be through.
		let come = -1;
		while (come !== frames.frames.length) {
			come = frames.frames.length;
			await pause(1000);
		}
		for (let i = 0; i < 5; i++) {
			const { length } = frames.frames;
			await until("room", START, () => toy.lent === 0);
			toy.give();
			await until("its frame", START, () => frames.frames.length > length);
		}
		assert.deepEqual([frames.troubles, source.broken], [[], 0]);
		assert.deepEqual(toy.calls, ["start", "key"]);
	});

	it("goes on without an error when many pictures come at once", async () => {
		source.start(frames);
		await decoded(1);
		for (let burst = 0; burst < 3; burst++) {
			for (let i = 0; i < 60; i++) toy.give();
			await decoded(3);
		}
		assert.deepEqual([frames.troubles, source.broken], [[], 0]);
	});

	it("begins at a key picture", async () => {
		// ffmpeg would decode grey pictures of what comes before.
		for (let i = 0; i < 3; i++) toy.give();
		source.start(frames);
		await decoded(1);
		assert.equal(source.broken, 0);
	});

	it("runs the source once for frames and H.264", async () => {
		const units = new CollectUnits();
		source.start(frames);
		source.h264.start(units);
		await decoded(2);
		assert.ok(units.units.length >= 2);
		source.stop();
		assert.ok(!toy.calls.includes("stop"));
		source.h264.stop();
		assert.deepEqual(toy.calls, ["start", "key", "stop"]);
		for (const unit of units.units) unit.release();
		await until("all pictures back", START, () => toy.lent === 0);
	});

	it("leaves frames out above the wanted rate", async () => {
		source = new DecodedSource(toy, 5);
		const begun = performance.now();
		source.start(frames);
		await decoded(5);
		for (let i = 0; i < 60; i++) toy.give();
		await until("all pictures back", START, () => toy.lent === 0);
		await pause(1000);
		const most = 2 + (performance.now() - begun) / 180;
		assert.ok(frames.frames.length <= most, `${frames.frames.length} of ${most} frames`);
	});

	it("encodes at another quality after another start", async () => {
		source.start(frames);
		await decoded(2);
		const fine = frames.frames[1].length;
		source.quality.set(10);
		await until("smaller frames", START, () => {
			toy.give();
			return (frames.frames.at(-1)?.length ?? fine) < fine * 0.6;
		});
		assert.deepEqual(frames.troubles, []);
	});

	it("passes on what is wrong with the source", () => {
		source.start(frames);
		toy.sink?.trouble("unplugged");
		assert.deepEqual(frames.troubles, ["unplugged"]);
		assert.equal(source.description, "toy, decoded by ffmpeg");
	});
});
