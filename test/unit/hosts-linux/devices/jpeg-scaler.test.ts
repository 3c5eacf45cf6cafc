import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { parseJpeg } from "../../../../src/media/jpeg";
import { needs } from "../../../support/needs";
import { compileProbe, linesOf, makeFolder } from "./compile";

const run = promisify(execFile);
/** 640 × 480. */
const PICTURE = resolve(__dirname, "../../../fixtures/frame.jpg");
/** How far the mean brightness of a part of a picture may be from that of the same part of the whole one, which has hard edges. */
const DIFFERENCE = 12;

describe("hosts-linux/devices/jpeg-scaler", function () {
	this.timeout(120_000);
	let folder: ReturnType<typeof makeFolder>;
	let program: string;

	before(async function () {
		needs(this, "gcc", "libturbojpeg");
		folder = makeFolder();
		program = await compileProbe(folder.path, "jpeg-scaler-probe", ["jpeg-scaler"]);
	});
	after(() => folder?.remove());

	async function scale(picture: Uint8Array, width: number): Promise<Buffer | undefined> {
		const [file, out] = ["in.jpg", "out.jpg"].map((name) => join(folder.path, name));
		writeFileSync(file, picture);
		const [{ length }] = linesOf((await run(program, ["scale", file, `${width}`, out])).stdout);
		return length === 0 ? undefined : readFileSync(out);
	}

	/** The mean brightness of each of 6 × 4 parts; not of the JPEG, which sharp would decode smaller itself. */
	async function parts(picture: Uint8Array): Promise<Buffer> {
		const whole = await sharp(picture).greyscale().png().toBuffer();
		return sharp(whole).resize(6, 4, { fit: "fill", kernel: "linear" }).raw().toBuffer();
	}

	for (const [width, height] of [
		[639, 479],
		[400, 300],
		[320, 240],
		[160, 120],
		[100, 75],
		[33, 25],
		[1, 1],
	]) {
		it(`scales to ${width} × ${height}, and shows the same (IMG-14)`, async () => {
			const whole = readFileSync(PICTURE);
			const small = await scale(whole, width);
			assert.ok(small !== undefined);
			const info = parseJpeg(small, 0, small.length);
			assert.deepEqual([info?.width, info?.height], [width, height]);
			if (width < 100) return;
			const [seen, expected] = await Promise.all([parts(small), parts(whole)]);
			for (const [i, each] of seen.entries())
				assert.ok(Math.abs(each - expected[i]) <= DIFFERENCE, `${i}: ${each}, not ${expected[i]}`);
		});
	}

	it("scales pictures of odd sizes, other sampling and without colour", async () => {
		const whole = sharp(readFileSync(PICTURE)).resize(317, 61, { fit: "fill" });
		for (const picture of [
			await whole.clone().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(),
			await whole.clone().greyscale().jpeg().toBuffer(),
		]) {
			const small = await scale(picture, 160);
			assert.ok(small !== undefined);
			const info = parseJpeg(small, 0, small.length);
			assert.deepEqual([info?.width, info?.height], [160, 31]);
		}
	});

	it("refuses progressive pictures, more than 8 megapixels, and what need not be smaller", async () => {
		const whole = readFileSync(PICTURE);
		assert.equal(await scale(whole, 640), undefined);
		assert.equal(await scale(whole, 0), undefined);
		assert.equal(await scale(await sharp(whole).jpeg({ progressive: true }).toBuffer(), 160), undefined);
		assert.equal(await scale(await sharp(whole).resize(4000, 3000).jpeg({ quality: 10 }).toBuffer(), 160), undefined);
		assert.equal(await scale(whole.subarray(0, 300), 160), undefined);
	});

	it("refuses a picture in which the library would find another frame header: what it does not draw is memory of others", async () => {
		const tiny = await sharp(readFileSync(PICTURE)).resize(8, 8).jpeg().toBuffer();
		const at = tiny.indexOf(Buffer.from([0xff, 0xc0]));
		const header = tiny.subarray(at, at + 2 + tiny.readUInt16BE(at + 2));
		const large = Buffer.from(header);
		large.writeUInt16BE(1200, 5);
		large.writeUInt16BE(1600, 7);
		// A restart marker has no length: the next marker, which libjpeg sees, is taken for one.
		const start = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xd0]), header, tiny.subarray(2, at)]);
		const picture = Buffer.concat([start, tiny.subarray(at + header.length), Buffer.alloc(0xffc0 + 64)]);
		large.copy(picture, 0xffc0 + 4);
		assert.equal(await scale(picture, 160), undefined);
	});

	it("takes 4K pictures", async () => {
		const small = await scale(
			await sharp(readFileSync(PICTURE)).resize(3840, 2160).jpeg({ quality: 30 }).toBuffer(),
			320,
		);
		assert.equal((await sharp(small).metadata()).height, 180);
	});

	it("says that the library is missing", async () => {
		const [{ missing }] = linesOf((await run(program, ["missing", "libnothing.so.0"])).stdout);
		assert.equal(missing, 1);
	});

	for (const seed of [1, 2]) {
		it(`scales or refuses mutated pictures, and stays inside their memory (seed ${seed})`, async () => {
			const small = join(folder.path, "small.jpg");
			writeFileSync(small, await sharp(readFileSync(PICTURE)).resize(200).jpeg({ quality: 40 }).toBuffer());
			const { stdout } = await run(program, ["fuzz", small, `${seed}`, "2000"]);
			const [{ good, refused }] = linesOf(stdout) as { good: number; refused: number }[];
			assert.equal(good + refused, 2000);
			assert.ok(good > 100 && refused > 100, stdout);
		});
	}
});
