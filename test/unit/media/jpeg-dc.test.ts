import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Prng } from "../../../src/base/prng";
import { JpegDc, LUMA_BLOCKS_MAX } from "../../../src/media/jpeg-dc";
import { block, gridJpeg, NO_COLOUR, picture, scanOf } from "../../support/dc-jpeg";
import { MotionScene } from "../../support/motion-scene";
import { mutateOctets } from "../../support/mutate";
import { toyJpeg } from "../../support/toy-jpeg";

const FIXTURES = join(__dirname, "../../fixtures");
const FRAME = new Uint8Array(readFileSync(join(FIXTURES, "frame.jpg")));
const BARE = new Uint8Array(readFileSync(join(FIXTURES, "pictures/no-huffman-tables.jpg")));

function read(bytes: Uint8Array): number[] | string {
	const dc = new JpegDc();
	return dc.read(bytes, 0, bytes.length) ?? [...dc.blocks.subarray(0, dc.columns * dc.rows)];
}

describe("media/jpeg-dc", () => {
	it("gives the mean of each block, those of a group in their places (STR-26)", () => {
		const scan = scanOf(
			block(0, 10) + block(0, -30) + block(0, 100) + block(0, 0) + NO_COLOUR + block(0, 1).repeat(4) + NO_COLOUR,
		);
		assert.deepEqual(read(picture(32, 16, scan)), [138, 108, 209, 210, 208, 208, 211, 212]);
		assert.deepEqual(
			read(picture(17, 9, scan)),
			[138, 108, 209, 208, 208, 211],
			"blocks outside of the picture are skipped",
		);
	});

	it("gives a whole picture of 4800 blocks back as it was", () => {
		const scene = new MotionScene(1).shoot({});
		assert.deepEqual(read(gridJpeg(scene)), [...scene.blocks]);
	});

	it("limits what goes beyond black and white", () => {
		const scan = scanOf(block(0, 1000) + block(0, -2000) + block(0, 0) + block(0, 0) + NO_COLOUR);
		assert.deepEqual(read(picture(16, 16, scan)), [255, 0, 0, 0]);
	});

	it("skips AC coefficients of every run and size, and runs of 16 zeros", () => {
		for (let run = 0; run < 16; run++) {
			for (let size = 1; size <= 10; size++) {
				const value = (1 << size) - 1;
				const blocks =
					block(0, 5, [
						[run, value],
						[15, 0],
						[2, -value],
					]) +
					block(0, -3) +
					block(0, 2047) +
					block(0, -2047);
				assert.deepEqual(read(picture(16, 16, scanOf(blocks + NO_COLOUR))), [133, 130, 255, 130], `${run}/${size}`);
			}
		}
	});

	it("reads pictures with restart markers", () => {
		const group = block(0, 7) + block(0, 0) + block(0, 0) + block(0, 0) + NO_COLOUR;
		const scan = [...scanOf(group), 0xff, 0xd0, ...scanOf(group), 0xff, 0xd1, ...scanOf(group)];
		assert.deepEqual(read(picture(48, 16, scan, 1)), new Array(12).fill(135));
		assert.equal(read(picture(48, 16, scan, 2)), "corrupt");
		assert.equal(read(picture(48, 16, scan, 0)), "corrupt");
	});

	it("reads a picture of a camera, and one without Huffman tables", () => {
		const dc = new JpegDc();
		for (const bytes of [FRAME, BARE]) assert.equal(dc.read(bytes, 0, bytes.length), undefined);
	});

	const refused: readonly [string, Uint8Array, string][] = [
		["no picture", new Uint8Array(100), "malformed"],
		["an empty one", new Uint8Array(0), "malformed"],
		[
			"a progressive one",
			FRAME.map((octet, i) => (FRAME[i - 1] === 0xff && octet === 0xc0 ? 0xc2 : octet)),
			"unsupported",
		],
		["one that ends too early", FRAME.slice(0, FRAME.length - 200), "corrupt"],
		["one whose blocks are no blocks", toyJpeg({ scan: 3000, fill: 0xfe }), "corrupt"],
		["one that is too large", picture(8192, 2056, []), "too-large"],
	];
	for (const [name, bytes, fault] of refused) it(`refuses ${name}: ${fault}`, () => assert.equal(read(bytes), fault));

	it("has a limit of 16 megapixels", () => assert.equal(LUMA_BLOCKS_MAX * 64, 4096 * 4096));

	it("neither throws nor takes long for changed pictures (seeded mutations)", () => {
		const random = new Prng(26);
		const dc = new JpegDc();
		const outcomes = new Map<string, number>();
		const small = picture(32, 16, scanOf((block(0, 10, [[3, 9]]).repeat(4) + NO_COLOUR).repeat(2)));
		for (let n = 0; n < 6000; n++) {
			const bytes = mutateOctets(random, n % 200 === 0 ? FRAME : small);
			const outcome = dc.read(bytes, 0, bytes.length) ?? "fine";
			outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
		}
		assert.ok(outcomes.size >= 4, [...outcomes.keys()].join());
		assert.equal(dc.read(FRAME, 0, FRAME.length), undefined, "nothing is left of them");
	});
});
