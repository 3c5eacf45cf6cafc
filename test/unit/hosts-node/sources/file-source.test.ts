import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSource } from "../../../../hosts/node/sources/file-source";
import { SourceError } from "../../../../hosts/node/sources/source-error";
import { FRAME_HEADROOM, FRAME_TAILROOM } from "../../../../src/media/frame";
import { FakeTimers } from "../../../support/fake-timers";
import { until } from "../../../support/until";
import { Collect, field, infoOf, jpegOf, PICTURE } from "./collect";

/** The picture with another restart interval, so that pictures can be told apart. */
function numbered(n: number): Uint8Array {
	return Uint8Array.from([0xff, 0xd8, 0xff, 0xdd, 0, 4, 0, n, ...PICTURE.subarray(2)]);
}

function numberOf(jpeg: Uint8Array): number {
	return jpeg[7];
}

describe("hosts-node/sources/file-source", () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "porthole-source-"));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	function file(name: string, ...content: Uint8Array[]): string {
		const path = join(folder, name);
		writeFileSync(path, Buffer.concat(content));
		return path;
	}

	async function play(source: FileSource, frames: number): Promise<Collect> {
		const sink = new Collect();
		source.start(sink);
		assert.equal(sink.frames.length, 0, "nothing comes inside start");
		await until(`${frames} frames`, 3000, () => sink.frames.length >= frames);
		source.stop();
		return sink;
	}

	it("plays one picture over and over, in buffers with room around it (IMG-17)", async () => {
		const { frames } = await play(new FileSource(file("one.jpg", PICTURE), 100), 5);
		for (const [i, frame] of frames.entries()) {
			assert.deepEqual(jpegOf(frame), PICTURE);
			assert.deepEqual([frame.start, frame.bytes.length - frame.end], [FRAME_HEADROOM, FRAME_TAILROOM]);
			assert.equal(frame.sequence, i);
			assert.ok(Number.isInteger(frame.at) && (frame.utc ?? 0) > 0);
		}
		assert.equal(new Set(frames.map((frame) => frame.bytes.buffer)).size, frames.length, "no frame shares its buffer");
	});

	it("plays a file of concatenated pictures in a loop", async () => {
		const { frames } = await play(new FileSource(file("film.mjpeg", numbered(1), numbered(2), numbered(3)), 200), 7);
		assert.deepEqual(
			frames.slice(0, 7).map((frame) => numberOf(jpegOf(frame))),
			[1, 2, 3, 1, 2, 3, 1],
		);
	});

	it("plays a folder in the order of names, numbers as numbers, other files left alone", async () => {
		for (const n of [10, 9, 1]) file(`picture${n}.jpg`, numbered(n));
		file("picture2.JPEG", numbered(2));
		file("notes.txt", new Uint8Array(10));
		mkdirSync(join(folder, "inner"));
		const { frames } = await play(new FileSource(folder, 200), 5);
		assert.deepEqual(
			frames.slice(0, 5).map((frame) => numberOf(jpegOf(frame))),
			[1, 2, 9, 10, 1],
		);
	});

	it("drops and counts broken pictures (IMG-17)", async () => {
		const own = Uint8Array.from([0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9]);
		const source = new FileSource(file("film.mjpeg", numbered(1), PICTURE.subarray(0, 2000), numbered(2), own), 200);
		assert.equal(source.broken, 2);
		assert.match(source.description, /film\.mjpeg: 2 pictures at 200 a second, 2 broken left out/);
		const { frames } = await play(source, 4);
		assert.deepEqual(
			frames.slice(0, 4).map((frame) => numberOf(jpegOf(frame))),
			[1, 2, 1, 2],
		);
	});

	for (const [name, words] of [
		["one-corrupted-of-61.mjpeg", /: 60 pictures at 200 a second, 1 broken left out$/],
		["no-eoi.mjpeg", /: 5 pictures at 200 a second, 5 without an end marker mended$/],
		["no-huffman-tables.jpg", /: one picture at 200 a second$/],
	] as const) {
		it(`plays ${name} of a real camera as whole pictures (F14, F15, F16)`, async () => {
			const source = new FileSource(file(name, field(name)), 200);
			assert.match(source.description, words);
			const { frames } = await play(source, 3);
			for (const frame of frames) {
				assert.ok(infoOf(frame).standardHuffman && Buffer.from(jpegOf(frame)).includes("ffc4", "hex"));
				assert.ok(frame.bytes.length - frame.end === FRAME_TAILROOM);
			}
		});
	}

	it("keeps the pace, stops at once, and starts again", () => {
		const timers = new FakeTimers();
		const source = new FileSource(file("one.jpg", PICTURE), 50, timers);
		const sink = new Collect();
		source.start(sink);
		timers.pass(990);
		assert.equal(sink.frames.length, 50);
		source.stop();
		timers.pass(1000);
		assert.equal(sink.frames.length, 50);
		source.start(sink);
		timers.pass(30);
		assert.equal(sink.frames.length, 52);
	});

	for (const [title, content, words] of [
		["an empty folder", undefined, /has no JPEG pictures/],
		["broken pictures alone", PICTURE.subarray(0, 5000), /has only broken JPEG pictures \(1\)/],
	] as const) {
		it(`explains that it can't play ${title}`, () => {
			if (content !== undefined) file("broken.jpg", content);
			assert.throws(
				() => new FileSource(folder, 10),
				(error) => error instanceof SourceError && words.test(error.message),
			);
		});
	}

	it("reports a path that does not exist", () => {
		assert.throws(() => new FileSource(join(folder, "nothing"), 10), /nothing: ENOENT/);
	});
});
