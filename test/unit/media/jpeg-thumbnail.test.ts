import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Prng } from "../../../src/base/prng";
import { parseJpeg } from "../../../src/media/jpeg";
import { JpegColours } from "../../../src/media/jpeg-colours";
import { JpegDc } from "../../../src/media/jpeg-dc";
import { JpegEncoder } from "../../../src/media/jpeg-encoder";
import { JpegThumbnail } from "../../../src/media/jpeg-thumbnail";
import { mutateOctets } from "../../support/mutate";
import { plainJpeg } from "../../support/plain-pictures";

const FRAME = new Uint8Array(readFileSync(join(__dirname, "../../fixtures/frame.jpg")));

describe("media/jpeg-thumbnail", () => {
	it("encodes pictures of one colour so that their means are the same (STR-13)", () => {
		const encoder = new JpegEncoder();
		const colours = new JpegColours();
		const dc = new JpegDc(colours);
		for (const [luma, blue, red] of [
			[0, 128, 128],
			[255, 128, 128],
			[90, 20, 240],
			[200, 255, 0],
		]) {
			const plane = (size: number, value: number) => new Uint8Array(size).fill(value);
			const made = encoder.encode({
				width: 33,
				height: 17,
				luma: plane(33 * 17, luma),
				blue: plane(17 * 9, blue),
				red: plane(17 * 9, red),
			});
			assert.equal(dc.read(made, 0, made.length), undefined);
			assert.deepEqual([dc.columns, dc.rows, colours.columns, colours.rows], [5, 3, 3, 2]);
			for (let i = 0; i < 15; i++) assert.ok(Math.abs(dc.blocks[i] - luma) <= 2, `${dc.blocks[i]}, ${luma}`);
			for (let i = 0; i < 6; i++) {
				assert.ok(Math.abs(colours.planes[0][i] - blue) <= 2, `${colours.planes[0][i]}, ${blue}`);
				assert.ok(Math.abs(colours.planes[1][i] - red) <= 2, `${colours.planes[1][i]}, ${red}`);
			}
		}
	});

	it("makes a picture of an eighth of the size", () => {
		const thumbnail = new JpegThumbnail();
		const made = thumbnail.make(FRAME, 0, FRAME.length) ?? assert.fail();
		const whole = parseJpeg(FRAME, 0, FRAME.length) ?? assert.fail();
		const small = parseJpeg(made, 0, made.length) ?? assert.fail();
		assert.deepEqual([small.width, small.height], [Math.ceil(whole.width / 8), Math.ceil(whole.height / 8)]);
		assert.ok(small.baseline && small.standardHuffman);
		assert.ok(made.length < FRAME.length / 4, `${made.length} of ${FRAME.length}`);
	});

	it("makes none where it would be larger, or the picture is huge or broken", () => {
		const thumbnail = new JpegThumbnail();
		const tiny = plainJpeg(80);
		assert.equal(thumbnail.make(tiny, 0, tiny.length - 40), undefined);
		assert.equal(thumbnail.make(new Uint8Array(0), 0, 0), undefined);
		const huge = plainJpeg(80, 4096, 2048);
		assert.equal(thumbnail.make(huge, 0, huge.length), undefined);
	});

	it("survives mutated pictures, and works again afterwards", () => {
		const random = new Prng(26);
		const thumbnail = new JpegThumbnail();
		const before = thumbnail.make(FRAME, 0, FRAME.length);
		const head = FRAME.subarray(0, 3000);
		for (let i = 0; i < 400; i++) {
			const bytes = mutateOctets(random, i % 4 === 0 ? FRAME : head);
			const made = thumbnail.make(bytes, 0, bytes.length);
			assert.ok(made === undefined || parseJpeg(made, 0, made.length) !== undefined);
		}
		assert.deepEqual(thumbnail.make(FRAME, 0, FRAME.length), before);
	});
});
