import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { parseJpeg } from "../../../../src/media/jpeg";
import { standardHuffman } from "../../../../src/media/standard-huffman";
import { gateJpeg } from "../../../../src/stream/packets/jpeg-gate";
import { JpegLayout } from "../../../../src/stream/packets/jpeg-layout";
import { mutateOctets } from "../../../support/mutate";
import { PICTURE } from "../../../support/rtp-pictures";

function segment(marker: number, body: readonly number[]): number[] {
	const length = body.length + 2;
	return [0xff, marker, length >> 8, length & 255, ...body];
}

interface Shape {
	marker: number;
	precision: number;
	width: number;
	height: number;
	factors: readonly number[];
	names: readonly number[];
	/** The quantization table of each component. */
	uses: readonly number[];
	quantization: readonly number[];
	huffman: readonly number[];
	scan: readonly number[];
	more: readonly number[];
}

function table(place: number, value: number): number[] {
	return [place, ...new Array(64).fill(value)];
}

const STANDARD = [0x00, 0x01, 0x10, 0x11].flatMap((place) => [place, ...(standardHuffman(place) ?? [])]);

/** Returns a picture that RTP/JPEG can carry, with changes. */
function picture(changes: Partial<Shape> = {}): Uint8Array {
	const usual: Shape = {
		marker: 0xc0,
		precision: 8,
		width: 640,
		height: 480,
		factors: [0x22, 0x11, 0x11],
		names: [1, 2, 3],
		uses: [0, 1, 1],
		quantization: [...segment(0xdb, table(0, 5)), ...segment(0xdb, table(1, 6))],
		huffman: segment(0xc4, STANDARD),
		scan: [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0],
		more: [],
	};
	const { marker, precision, width, height, factors, names, uses, quantization, huffman, scan, more } = {
		...usual,
		...changes,
	};
	const components = factors.flatMap((factor, i) => [names[i] ?? i, factor, uses[i] ?? 0]);
	const frame = [precision, height >> 8, height & 255, width >> 8, width & 255, factors.length, ...components];
	const heads = [...quantization, ...segment(marker, frame), ...huffman, ...more, ...segment(0xda, scan)];
	return new Uint8Array([0xff, 0xd8, ...heads, 0x12, 0x34, 0xff, 0x00, 0xff, 0xd9]);
}

const WIDE = segment(0xdb, [0x10, ...new Array(128).fill(1), ...table(1, 6)]);

describe("stream/jpeg-gate", () => {
	const accepted: [string, Partial<Shape>][] = [
		["4:2:0 (22,11,11)", {}],
		["4:2:2 (21,11,11)", { factors: [0x21, 0x11, 0x11] }],
		["the largest side that packets can say", { width: 2040, height: 1136 }],
		["larger sides, which SDP says", { width: 2592, height: 1944 }],
		["pictures without Huffman tables (Motion JPEG)", { huffman: [] }],
		["one quantization table for all components", { uses: [0, 0, 0] }],
		[
			"three quantization tables, two of which are equal",
			{
				uses: [0, 1, 2],
				quantization: [...segment(0xdb, [...table(0, 5), ...table(1, 6)]), ...segment(0xdb, table(2, 6))],
			},
		],
		[
			"other numbers of components and tables",
			{
				names: [0, 1, 2],
				scan: [3, 0, 0x00, 1, 0x11, 2, 0x11, 0, 63, 0],
				uses: [3, 2, 2],
				quantization: segment(0xdb, [...table(3, 5), ...table(2, 6)]),
			},
		],
		["restart markers", { more: segment(0xdd, [0, 8]) }],
		[
			"JFIF, EXIF, comments and Adobe's YCbCr",
			{
				more: [
					...segment(0xe0, [1]),
					...segment(0xe1, [...PICTURE.slice(0, 100)]),
					...segment(0xfe, []),
					...segment(0xee, [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 1]),
				],
			},
		],
	];
	for (const [title, changes] of accepted) {
		it(`lets pass: ${title} (STR-9)`, () => {
			const bytes = picture(changes);
			assert.equal(gateJpeg(bytes, 0, bytes.length), undefined);
			assert.ok(parseJpeg(bytes, 0, bytes.length));
		});
	}

	const refused: [string, Partial<Shape>][] = [
		["the JPEG is not baseline (it is progressive or extended)", { marker: 0xc2 }],
		["the JPEG is not baseline (it is progressive or extended)", { marker: 0xc1 }],
		["the JPEG is not baseline (it is progressive or extended)", { precision: 12 }],
		["the JPEG has no colours, and RTP/JPEG has no greyscale type", { factors: [0x11], scan: [1, 1, 0, 0, 63, 0] }],
		["the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)", { factors: [0x11, 0x11, 0x11] }],
		["the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)", { factors: [0x22, 0x12, 0x12] }],
		["the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)", { factors: [0x12, 0x11, 0x11] }],
		["the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)", { factors: [0x22, 0x11, 0x11, 0x22] }],
		["the JPEG is RGB, and RTP/JPEG carries only YCbCr", { names: [0x52, 0x47, 0x42] }],
		[
			"the JPEG is RGB, and RTP/JPEG carries only YCbCr",
			{ more: segment(0xee, [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0]) },
		],
		[
			"the JPEG has Huffman tables of its own (it was optimized)",
			{ huffman: segment(0xc4, [0, 1, ...new Array(15).fill(0), 5]) },
		],
		["the JPEG has Huffman tables of its own (it was optimized)", { scan: [3, 1, 0x00, 2, 0x00, 3, 0x00, 0, 63, 0] }],
		["the JPEG has more than one scan", { scan: [1, 1, 0x00, 0, 63, 0] }],
		["the JPEG has more than one scan", { scan: [3, 1, 0x00, 3, 0x11, 2, 0x11, 0, 63, 0] }],
		[
			"the JPEG has three quantization tables, and RTP/JPEG carries two",
			{ uses: [0, 1, 2], quantization: segment(0xdb, [...table(0, 5), ...table(1, 6), ...table(2, 7)]) },
		],
		["the JPEG has 16-bit quantization tables", { quantization: WIDE }],
		["the JPEG is 636x476, and RTP/JPEG needs multiples of 8", { width: 636, height: 476 }],
		["the picture is not a complete JPEG", { uses: [0, 2, 2] }],
		["the picture is not a complete JPEG", { uses: [0, 7, 7] }],
		["the picture is not a complete JPEG", { quantization: segment(0xdb, [0, 1, 2]) }],
		["the picture is not a complete JPEG", { more: segment(0xdd, [0]) }],
		["the picture is not a complete JPEG", { width: 0 }],
	];
	for (const [reason, changes] of refused) {
		it(`refuses ${JSON.stringify(changes).slice(0, 60)}: ${reason}`, () => {
			const bytes = picture(changes);
			assert.equal(gateJpeg(bytes, 0, bytes.length), reason);
		});
	}

	it("refuses large sides where SDP cannot say them", () => {
		const bytes = picture({ width: 2048 });
		assert.equal(
			gateJpeg(bytes, 0, bytes.length, false),
			"the JPEG is 2048x480, and RTP/JPEG carries at most 2040 pixels a side",
		);
	});

	it("refuses a scan of more than 16 MB", () => {
		const head = picture();
		const bytes = new Uint8Array(head.length + 0x1000000);
		bytes.set(head.subarray(0, -2));
		bytes.set([0xff, 0xd9], bytes.length - 2);
		assert.equal(gateJpeg(bytes, 0, bytes.length), "the JPEG is larger than 16 MB");
	});

	it("refuses pictures that are cut off anywhere", () => {
		const bytes = picture();
		for (let end = 0; end < bytes.length; end++) assert.ok(gateJpeg(bytes.slice(0, end), 0, end) !== undefined);
	});

	it("agrees with the parser of headers about damaged pictures, and stays within them (fuzz)", () => {
		const random = new Prng(5);
		const layout = new JpegLayout();
		const shapes = [picture(), picture({ more: segment(0xdd, [0, 8]) }), PICTURE.slice(0, 700)];
		let passed = 0;
		for (let i = 0; i < 5000; i++) {
			const bytes = mutateOctets(random, shapes[random.below(shapes.length)]);
			if (bytes.length >= 2 && random.chance(0.5)) bytes.set([0xff, 0xd9], bytes.length - 2);
			if (!layout.read(bytes, 0, bytes.length, random.chance(0.5))) continue;
			passed++;
			const info = parseJpeg(bytes, 0, bytes.length);
			assert.ok(info?.baseline && info.standardHuffman && info.scanStart === layout.scanStart);
			assert.ok(layout.luminance > 0 && layout.luminance + 64 < layout.scanStart);
			assert.ok(layout.chrominance > 0 && layout.chrominance + 64 < layout.scanStart);
			assert.ok(layout.scanEnd >= layout.scanStart && layout.scanEnd <= bytes.length - 2);
		}
		assert.ok(passed > 150, `${passed}`);
	});
});
