import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { parseJpeg } from "../../../../src/media/jpeg";
import { JPEG_MAX, type JpegSink, JpegSplitter } from "../../../../src/media/jpeg-splitter";
import { assertLinearTime } from "../../../support/linear-time";
import { field, PICTURE } from "./collect";

/** The least that can be followed: a segment with an EOI inside, a frame header, a scan. */
const SMALL = Uint8Array.from([
	...[0xff, 0xd8, 0xff, 0xe1, 0, 8, 0xff, 0xd8, 0xff, 0xd9, 0, 0],
	...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0],
	...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 0xff, 0x00, 2, 0xff, 0xd0, 3, 0xff, 0xd9],
]);
/** Two scans with a table between them that holds an EOI, as progressive pictures have. */
const TWO_SCANS = Uint8Array.from([
	...[0xff, 0xd8, 0xff, 0xc2, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0],
	...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 1, 9, 9],
	...[0xff, 0xfe, 0, 4, 0xff, 0xd9, 0xff, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 7, 0xff, 0xd9],
]);

class Pictures implements JpegSink {
	readonly list: Buffer[] = [];

	jpeg(bytes: Uint8Array, start: number, end: number): void {
		this.list.push(Buffer.from(bytes.subarray(start, end)));
	}
}

/** @param sizes of the pieces that the stream comes in, over and over */
function split(stream: Uint8Array, sizes: readonly number[]): [Buffer[], number, number] {
	const pictures = new Pictures();
	const splitter = new JpegSplitter(pictures);
	for (let at = 0, i = 0; at < stream.length; i++) {
		const size = Math.max(1, sizes[i % sizes.length]);
		splitter.push(stream.subarray(at, at + size));
		at += size;
	}
	splitter.end();
	return [pictures.list, splitter.broken, splitter.mended];
}

describe("media/jpeg-splitter", () => {
	for (const sizes of [[1], [2], [3], [7, 1], [4096], [65536], [10_000_000]]) {
		it(`finds every picture in pieces of ${sizes}`, () => {
			const all = [SMALL, PICTURE, TWO_SCANS, SMALL];
			const [found, broken] = split(Buffer.concat(all), sizes);
			assert.deepEqual(found, all.map(Buffer.from));
			assert.equal(broken, 0);
		});
	}

	it("hands out pictures that are whole", () => {
		for (const picture of [SMALL, TWO_SCANS, PICTURE]) assert.ok(parseJpeg(picture, 0, picture.length));
	});

	const rubbish = Uint8Array.from([0, 0, 1, 0xff, 0, 0xff, 0xd9, 0xff, 0xd8, 0]);
	const cases: [string, Uint8Array[], number, number][] = [
		["skips filling between pictures", [rubbish, SMALL, rubbish, new Uint8Array(500), SMALL, rubbish], 2, 0],
		["drops a picture cut short in its scan, and takes the next", [SMALL.subarray(0, -3), SMALL], 1, 1],
		["drops a picture cut short at the end of the stream", [SMALL, SMALL.subarray(0, -1)], 1, 1],
		[
			"drops a picture without a marker where one must be",
			[Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 2, 1, 2, 3, 4]), SMALL],
			1,
			1,
		],
		["finds nothing in nothing", [], 0, 0],
		["finds nothing in rubbish", [rubbish, rubbish], 0, 0],
	];
	for (const [title, stream, pictures, broken] of cases) {
		it(title, () => {
			for (const size of [1, 5, 100_000]) {
				const [found, lost] = split(Buffer.concat(stream), [size]);
				assert.deepEqual([found.length, lost], [pictures, broken]);
				for (const picture of found) assert.deepEqual(picture, Buffer.from(SMALL));
			}
		});
	}

	/** The picture with octets put into its entropy-coded data. */
	function corrupted(...octets: number[]): Uint8Array {
		return Uint8Array.from([...SMALL.subarray(0, -5), ...octets, 1, 2, 3, 4, ...SMALL.subarray(-5)]);
	}
	const EXIF = [0xff, 0xd8, 0xff, 0xe1, 0xff, 0xd8, 1, 2];
	const COUNT = 50;
	for (const [title, bad, lost] of [
		["a frame marker and a length in its data", corrupted(0xff, 0xc5, 0x80, 0x00), 1],
		["a marker without a length in its data", corrupted(0xff, 0x80, 0x80, 0x00), 1],
		["an application marker and a length in its data", corrupted(0xff, 0xe1, 0xff, 0xff), 1],
		["a table's marker and a length in its data", corrupted(0xff, 0xc4, 0x7f, 0xff), 1],
		["a scan's marker and a length in its data", corrupted(0xff, 0xda, 0xff, 0xff), 1],
		["an SOI that starts no picture in its data", corrupted(0xff, 0xd8, 0x12), 1],
		["an SOI that seems to start a picture in its data", corrupted(0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff), 2],
		["a false length of an Exif segment", Uint8Array.from([...EXIF, ...SMALL.subarray(12)]), 1],
		["a false length of a table", Uint8Array.from([0xff, 0xd8, 0xff, 0xdb, 0xff, 0xff, ...SMALL.subarray(12)]), 1],
		["an end inside an Exif segment", Uint8Array.from([...EXIF, 7, 7, 7]), 1],
		["an end inside a marker", Uint8Array.from([0xff, 0xd8, 0xff]), 1],
	] as [string, Uint8Array, number][]) {
		it(`loses only the picture that has ${title} (F14)`, () => {
			const good: Uint8Array[] = new Array(COUNT).fill(SMALL);
			for (const size of [1, 777, 100_000]) {
				const [found, broken] = split(Buffer.concat([...good, bad, ...good]), [size]);
				assert.deepEqual([found.length, broken], [2 * COUNT, lost]);
				for (const picture of found) assert.deepEqual(picture, Buffer.from(SMALL));
			}
		});
	}

	it("loses one of 61 pictures to a false length in its data (F14)", () => {
		const [found, broken] = split(field("one-corrupted-of-61.mjpeg"), [1000]);
		assert.deepEqual([found.length, broken], [60, 1]);
	});

	it("takes the pictures of a camera that never writes EOI, and appends it (F15)", () => {
		const stream = field("no-eoi.mjpeg");
		for (const size of [1, 100, 100_000]) {
			const [found, broken, mended] = split(stream, [size]);
			assert.deepEqual([found.length, broken, mended], [5, 0, 5]);
			for (const picture of found) assert.ok(parseJpeg(picture, 0, picture.length));
			assert.deepEqual(Buffer.concat(found.map((picture) => picture.subarray(0, -2))), Buffer.from(stream));
		}
	});

	it("takes pictures without EOI that come one a file (F15)", () => {
		const pictures = new Pictures();
		const splitter = new JpegSplitter(pictures);
		for (let i = 0; i < 3; i++) {
			splitter.push(SMALL.subarray(0, -2));
			splitter.end();
		}
		assert.deepEqual(pictures.list, [SMALL, SMALL, SMALL].map(Buffer.from));
	});

	it("drops pictures cut short again once the camera writes EOI", () => {
		const cut = SMALL.subarray(0, -3);
		const [found, broken, mended] = split(Buffer.concat([cut, cut, cut, SMALL, cut, SMALL, SMALL]), [50]);
		assert.deepEqual([found.length, broken, mended], [6, 1, 3]);
	});

	it("takes a hostile stream in linear time", () => {
		for (const unit of [
			[0xff, 0xe1, 0xff, 0xff],
			[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff],
			[0xff, 0xd8, 0xff, 0xda, 0, 3],
			[0xff, 0xda, 0, 2],
			[0xff, 0xff],
		]) {
			const stream = new Uint8Array(2_000_000);
			stream.set(SMALL.subarray(0, -2));
			for (let at = SMALL.length - 2; at < stream.length; at++) stream[at] = unit[at % unit.length];
			assertLinearTime(() => split(stream, [65536]));
		}
	});

	it("drops a picture that grows without end, and takes the next", () => {
		const endless = new Uint8Array(JPEG_MAX + 2 * 65536);
		endless.set(SMALL.subarray(0, -2));
		const [found, broken] = split(Buffer.concat([endless, SMALL]), [65536]);
		assert.deepEqual([found.length, broken], [1, 1]);
	});

	it("splits a mutated stream in the same way however it arrives, and survives it", () => {
		const seed = Date.now() & 0xffff;
		const random = new Prng(seed);
		for (let round = 0; round < 3000; round++) {
			const stream = Buffer.concat([SMALL, TWO_SCANS, SMALL, SMALL]);
			for (let i = random.below(8); i > 0; i--)
				stream[random.below(stream.length)] = random.below(3) > 0 ? 0xff : random.below(256);
			const whole = split(stream, [stream.length]);
			const pieces = split(stream, [1 + random.below(9), 1 + random.below(40), 1]);
			assert.deepEqual(pieces, whole, `seed ${seed}, round ${round}`);
			for (const picture of whole[0]) assert.ok(picture.length >= 4 && picture.length <= stream.length);
		}
	});
});
