import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { JpegThumbnail } from "../../src/media/jpeg-thumbnail";
import { needs } from "../support/needs";

/** The pixels of a PPM picture. */
function pixels(bytes: Buffer): Buffer {
	let at = 0;
	for (let words = 0; words < 4; at++) if (bytes[at] === 10 || bytes[at] === 32) words++;
	return bytes.subarray(at);
}

describe("conformance/jpeg-thumbnail", () => {
	const cases: readonly [name: string, size: string, ...options: string[]][] = [
		["4:2:0", "640x480", "-sample", "2x2"],
		["4:2:2", "640x480", "-sample", "2x1"],
		["4:4:4", "640x480", "-sample", "1x1"],
		["4:1:1", "640x480", "-sample", "4x1"],
		["grey", "640x480", "-grayscale"],
		["restart markers", "640x480", "-restart", "5B"],
		["an odd size", "333x251", "-optimize"],
	];
	for (const [name, size, ...options] of cases) {
		it(`looks like libjpeg's picture of an eighth: ${name} (STR-13)`, function () {
			needs(this, "ffmpeg", "cjpeg");
			const source = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=1`, "-frames:v", "1"];
			const ppm = execFileSync("ffmpeg", ["-loglevel", "error", ...source, "-c:v", "ppm", "-f", "image2pipe", "-"]);
			const jpeg = execFileSync("cjpeg", options, { input: ppm });
			const made = new JpegThumbnail().make(jpeg, 0, jpeg.length) ?? assert.fail();
			const far = (flag: string) => {
				const ours = pixels(execFileSync("djpeg", [flag, "-pnm"], { input: made }));
				const theirs = pixels(execFileSync("djpeg", ["-scale", "1/8", flag, "-pnm"], { input: jpeg }));
				assert.equal(ours.length, theirs.length);
				let sum = 0;
				for (let i = 0; i < ours.length; i++) sum += Math.abs(ours[i] - theirs[i]);
				return sum / ours.length;
			};
			assert.ok(far("-grayscale") < 3, `brightness: mean difference ${far("-grayscale")}`);
			// libjpeg reads more than the DC coefficients of colours, and has twice as many of them.
			assert.ok(far("-rgb") < 24, `colours: mean difference ${far("-rgb")}`);
		});
	}
});
