import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { JpegDc } from "../../src/media/jpeg-dc";
import { needs } from "../support/needs";

/** Makes a picture of a moving test pattern with some noise. */
function pnm(size: string, grey: boolean): Buffer {
	const source = `testsrc2=size=${size}:rate=1,noise=alls=20:allf=t:all_seed=1`;
	const format = grey ? "pgm" : "ppm";
	return execFileSync("ffmpeg", [
		...["-loglevel", "error", "-f", "lavfi", "-i", source, "-frames:v", "1"],
		...["-c:v", format, "-f", "image2pipe", "-"],
	]);
}

/** The pixels of a PGM picture. */
function pixels(bytes: Buffer): Buffer {
	let at = 0;
	for (let words = 0; words < 4; at++) if (bytes[at] === 10 || bytes[at] === 32) words++;
	return bytes.subarray(at);
}

describe("conformance/jpeg-dc", () => {
	const cases: readonly [name: string, size: string, ...options: string[]][] = [
		["4:2:0", "640x480", "-sample", "2x2"],
		["4:2:2", "640x480", "-sample", "2x1"],
		["4:4:0", "640x480", "-sample", "1x2"],
		["4:4:4", "640x480", "-sample", "1x1"],
		["4:1:1", "640x480", "-sample", "4x1"],
		["grey", "640x480", "-grayscale"],
		["Huffman tables of its own", "640x480", "-optimize"],
		["restart markers", "640x480", "-restart", "5B"],
		["a restart marker in each row", "640x480", "-restart", "1"],
		["an odd size", "333x251", "-optimize"],
		["the lowest quality", "640x480", "-quality", "1"],
		["the highest quality", "640x480", "-quality", "100"],
		["16-bit quantizers", "320x240", "-quality", "1", "-sample", "2x2"],
	];
	for (const [name, size, ...options] of cases) {
		it(`agrees with libjpeg's DC-only decoding: ${name} (STR-26)`, function () {
			needs(this, "ffmpeg", "cjpeg");
			const jpeg = execFileSync("cjpeg", options, { input: pnm(size, false) });
			const means = pixels(execFileSync("djpeg", ["-scale", "1/8", "-grayscale", "-pnm"], { input: jpeg }));
			const dc = new JpegDc();
			assert.equal(dc.read(jpeg, 0, jpeg.length), undefined);
			assert.equal(means.length, dc.columns * dc.rows);
			let largest = 0;
			for (let i = 0; i < means.length; i++) largest = Math.max(largest, Math.abs(means[i] - dc.blocks[i]));
			assert.ok(largest <= 1, `they differ by ${largest}`);
		});
	}

	it("gives the means of what ffmpeg decodes, within 1 of 255", function () {
		needs(this, "ffmpeg", "cjpeg");
		const jpeg = execFileSync("cjpeg", ["-quality", "85"], { input: pnm("640x480", false) });
		const grey = ["-loglevel", "error", "-f", "mjpeg", "-i", "-", "-pix_fmt", "gray", "-f", "rawvideo", "-"];
		const decoded = execFileSync("ffmpeg", grey, { input: jpeg });
		const dc = new JpegDc();
		assert.equal(dc.read(jpeg, 0, jpeg.length), undefined);
		let sum = 0;
		for (let row = 0; row < dc.rows; row++) {
			for (let column = 0; column < dc.columns; column++) {
				let mean = 0;
				for (let i = 0; i < 64; i++) mean += decoded[(row * 8 + (i >> 3)) * 640 + column * 8 + (i & 7)] / 64;
				// Pixels beyond black and white were limited, which moves the mean of a few blocks.
				sum += Math.abs(mean - dc.blocks[row * dc.columns + column]);
			}
		}
		assert.ok(sum / (dc.rows * dc.columns) < 1, `${sum / (dc.rows * dc.columns)}`);
	});
});
