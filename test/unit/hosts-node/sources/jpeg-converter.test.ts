import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { FfmpegConverter } from "../../../../hosts/node/sources/jpeg-converter";
import { gateJpeg } from "../../../../src/stream/packets/jpeg-gate";
import { needs } from "../../../support/needs";
import { until } from "../../../support/until";
import { Collect, infoOf, PICTURE } from "./collect";
import { Pretend } from "./pretend";
import { ToySource } from "./toy-source";

const START = 15_000;

/** Makes a picture that RTP can't carry. */
function picture(size: string, ...encoder: string[]): Uint8Array {
	const input = ["-f", "lavfi", "-i", `testsrc=size=${size}:rate=1:duration=1`];
	const codec = ["-c:v", "mjpeg", ...encoder, "-frames:v", "1"];
	return new Uint8Array(execFileSync("ffmpeg", ["-loglevel", "error", ...input, ...codec, "-f", "mjpeg", "-"]));
}

describe("hosts-node/sources/jpeg-converter", () => {
	let pretend: Pretend;
	let toy: ToySource;
	let converter: FfmpegConverter;
	let sink: Collect;
	beforeEach(() => {
		pretend = new Pretend();
		toy = new ToySource();
		converter = new FfmpegConverter();
		sink = new Collect();
		converter.start(sink);
	});
	afterEach(async () => {
		converter.stop();
		await pretend.end();
	});

	/** Converts a picture. @returns the frame that comes out */
	async function convert(bytes: Uint8Array, at = 0) {
		const { length } = sink.frames;
		const frame = toy.make(bytes, at);
		converter.convert(frame);
		frame.release();
		return until("the picture", START, () => sink.frames[length]);
	}

	for (const [what, size, encoder, expected] of [
		["4:4:4 with tables of its own", "160x120", ["-pix_fmt", "yuvj444p", "-huffman", "optimal"], [160, 120]],
		["grey", "160x120", ["-pix_fmt", "gray"], [160, 120]],
		["4:2:2 with other factors", "160x120", ["-pix_fmt", "yuvj422p"], [160, 120]],
		["sides that are no multiples of 8", "157x123", ["-pix_fmt", "yuvj420p"], [152, 120]],
		["sides above 2040", "2600x1300", ["-pix_fmt", "yuvj420p"], [2040, 1016]],
	] as const) {
		it(`makes a picture with ${what} fit for RTP`, async function () {
			needs(this, "ffmpeg");
			const bytes = picture(size, ...encoder);
			const before = gateJpeg(bytes, 0, bytes.length, false);
			assert.notEqual(before, undefined);
			const frame = await convert(bytes, 1234);
			assert.equal(gateJpeg(frame.bytes, frame.start, frame.end, false), undefined);
			assert.deepEqual([infoOf(frame).width, infoOf(frame).height], expected);
			assert.equal(frame.at, 1234);
			assert.deepEqual([toy.lent, sink.troubles], [0, []]);
		});
	}

	it("gives each picture before the next is there, with its own number", async function () {
		needs(this, "ffmpeg");
		// Closer together than ffmpeg's usual rate.
		for (let i = 0; i < 20; i++) assert.equal((await convert(PICTURE, i * 5)).sequence, i);
		assert.deepEqual(sink.troubles, []);
		assert.equal(toy.lent, 0);
	});

	it("skips what comes while it is busy, but for the newest", async function () {
		needs(this, "ffmpeg");
		for (let i = 0; i < 20; i++) {
			const frame = toy.make(PICTURE, i);
			converter.convert(frame);
			frame.release();
		}
		await until("the newest", START, () => sink.frames.at(-1)?.sequence === 19);
		assert.deepEqual([toy.lent, sink.frames.length], [0, 1]);
	});

	it("takes pictures of another size", async function () {
		needs(this, "ffmpeg");
		await convert(PICTURE);
		assert.equal(infoOf(await convert(picture("160x120", "-pix_fmt", "gray"))).width, 160);
		assert.equal(infoOf(await convert(PICTURE)).width, 640);
		assert.deepEqual(sink.troubles, []);
	});

	it("returns all pictures at its end", async () => {
		pretend.program("ffmpeg", "exec sleep 60");
		for (let i = 0; i < 3; i++) {
			const frame = toy.make(PICTURE, i);
			converter.convert(frame);
			frame.release();
		}
		converter.stop();
		await until("all pictures back", START, () => toy.lent === 0);
		converter.stop();
		const late = toy.make(PICTURE, 9);
		converter.convert(late);
		late.release();
		assert.deepEqual([toy.lent, sink.frames.length], [0, 0]);
	});

	it("reports a picture that cannot be converted, and goes on with the next", async () => {
		pretend.program("ffmpeg", 'echo "[x @ 0x1] cannot" >&2; exit 1');
		const frame = toy.make(PICTURE, 0);
		converter.convert(frame);
		frame.release();
		await until("trouble", START, () => sink.troubles.length > 0);
		assert.deepEqual(sink.troubles, ["cannot"]);
	});

	it("uses an ffmpeg before 5.1, which has another option, without reporting that", async function () {
		needs(this, "ffmpeg");
		pretend.program(
			"ffmpeg",
			`case "$*" in *fps_mode*) echo "Unrecognized option 'fps_mode'." >&2; exit 1;; esac\nexec /usr/bin/ffmpeg "$@"`,
		);
		await until("a picture", START, () => {
			const frame = toy.make(PICTURE, 0);
			converter.convert(frame);
			frame.release();
			return sink.frames.length > 0;
		});
		assert.deepEqual(sink.troubles, []);
	});

	it("reports that ffmpeg is not installed", async () => {
		pretend.nothingElse();
		converter.convert(toy.make(PICTURE, 0));
		await until("trouble", START, () => sink.troubles.length > 0);
		assert.match(sink.troubles[0] ?? "", /ffmpeg is not installed/);
	});
});
