import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Prng } from "../../../src/base/prng";
import { type JpegInfo, parseJpeg } from "../../../src/media/jpeg";
import { standardHuffman } from "../../../src/media/standard-huffman";

const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];
const STANDARD = [0x00, 0x01, 0x10, 0x11];
const ENTROPY = [0x12, 0xff, 0x00, 0x34, 0x56];

function segment(marker: number, body: readonly number[]): number[] {
	const length = body.length + 2;
	return [0xff, marker, length >> 8, length & 255, ...body];
}

function frameHeader(factors: readonly number[], { marker = 0xc0, precision = 8, width = 640, height = 480 } = {}) {
	const components = factors.flatMap((factor, i) => [i + 1, factor, i === 0 ? 0 : 1]);
	const size = [height >> 8, height & 255, width >> 8, width & 255];
	return segment(marker, [precision, ...size, factors.length, ...components]);
}

function tables(classes: readonly number[] = STANDARD): number[] {
	return segment(
		0xc4,
		classes.flatMap((tableClass) => [tableClass, ...(standardHuffman(tableClass) ?? [])]),
	);
}

function scan(components: number, used = [0x00, 0x11, 0x11]): number[] {
	const list = Array.from({ length: components }, (_, i) => [i + 1, used[i] ?? 0x11]).flat();
	return segment(0xda, [components, ...list, 0, 63, 0]);
}

const QUANTIZERS = segment(0xdb, [0, ...new Array(64).fill(16)]);
const YUV420 = [0x22, 0x11, 0x11];
const PLAIN = [...SOI, ...QUANTIZERS, ...frameHeader(YUV420), ...tables(), ...scan(3), ...ENTROPY, ...EOI];

/** The tables of `optimiseCoding`: a table of one code, which is valid but not standard. */
const OWN_TABLE = segment(0xc4, [0x00, 1, ...new Array(15).fill(0), 5]);

function parse(octets: readonly number[]): JpegInfo | undefined {
	// Room on both sides, as in a frame, with octets that look like markers.
	const bytes = new Uint8Array(octets.length + 20).fill(0xff);
	bytes.set(octets, 10);
	return parseJpeg(bytes, 10, 10 + octets.length);
}

describe("media/jpeg", () => {
	it("reads a baseline JPEG", () => {
		assert.deepEqual(parse(PLAIN), {
			width: 640,
			height: 480,
			baseline: true,
			subsampling: "4:2:0",
			standardHuffman: true,
			restartInterval: 0,
			scanStart: 10 + PLAIN.length - ENTROPY.length - EOI.length,
		});
	});

	it("reads a JPEG of a real encoder", () => {
		const bytes = new Uint8Array(readFileSync(resolve(__dirname, "../../fixtures/frame.jpg")));
		const info = parseJpeg(bytes, 0, bytes.length);
		assert.deepEqual(
			[info?.width, info?.height, info?.baseline, info?.subsampling, info?.standardHuffman, info?.restartInterval],
			[640, 480, true, "4:2:0", true, 0],
		);
	});

	const samplings: [readonly number[], string][] = [
		[[0x22, 0x11, 0x11], "4:2:0"],
		[[0x21, 0x11, 0x11], "4:2:2"],
		[[0x11, 0x11, 0x11], "4:4:4"],
		[[0x11], "grey"],
		[[0x22, 0x12, 0x12], "other"],
		[[0x41, 0x11, 0x11], "other"],
		[[0x11, 0x11, 0x11, 0x11], "other"],
	];
	for (const [factors, expected] of samplings) {
		it(`reads sampling factors ${factors.map((f) => f.toString(16)).join(",")} as ${expected}`, () => {
			const info = parse([...SOI, ...frameHeader(factors), ...scan(factors.length), ...ENTROPY, ...EOI]);
			assert.equal(info?.subsampling, expected);
		});
	}

	const accepted: [string, number[], Partial<JpegInfo>][] = [
		[
			"a progressive picture",
			[...SOI, ...frameHeader(YUV420, { marker: 0xc2 }), ...scan(1), ...ENTROPY, ...EOI],
			{ baseline: false },
		],
		[
			"an extended picture",
			[...SOI, ...frameHeader(YUV420, { marker: 0xc1 }), ...scan(3), ...ENTROPY, ...EOI],
			{ baseline: false },
		],
		[
			"the largest size",
			[...SOI, ...frameHeader(YUV420, { width: 65535, height: 65535 }), ...scan(3), ...EOI],
			{ width: 65535, height: 65535 },
		],
		[
			"a restart interval",
			[...SOI, ...segment(0xdd, [1, 4]), ...frameHeader(YUV420), ...scan(3), ...EOI],
			{ restartInterval: 260 },
		],
		[
			"no Huffman tables (Motion JPEG)",
			[...SOI, ...frameHeader(YUV420), ...scan(3), ...EOI],
			{ standardHuffman: true },
		],
		[
			"one DHT segment for each table",
			[...SOI, ...frameHeader(YUV420), ...STANDARD.flatMap((c) => tables([c])), ...scan(3), ...EOI],
			{ standardHuffman: true },
		],
		[
			"tables of its own",
			[...SOI, ...frameHeader(YUV420), ...OWN_TABLE, ...scan(3), ...EOI],
			{ standardHuffman: false },
		],
		[
			"a standard table in another place",
			[...SOI, ...frameHeader(YUV420), ...segment(0xc4, [0x01, ...(standardHuffman(0) ?? [])]), ...scan(3), ...EOI],
			{ standardHuffman: false },
		],
		[
			"a third table",
			[...SOI, ...frameHeader(YUV420), ...segment(0xc4, [0x02, ...(standardHuffman(0) ?? [])]), ...scan(3), ...EOI],
			{ standardHuffman: false },
		],
		[
			"chrominance coded with the luminance tables",
			[...SOI, ...frameHeader(YUV420), ...tables(), ...scan(3, [0, 0, 0]), ...EOI],
			{ standardHuffman: false },
		],
		["fill octets before a marker", [...SOI, 0xff, 0xff, ...frameHeader(YUV420), ...scan(3), ...EOI], {}],
		[
			"a thumbnail inside an EXIF segment",
			[...SOI, ...segment(0xe1, PLAIN), ...frameHeader(YUV420), ...scan(3), ...EOI],
			{},
		],
		[
			"comments",
			[...SOI, ...segment(0xfe, [1, 2, 3]), ...segment(0xfe, []), ...frameHeader(YUV420), ...scan(3), ...EOI],
			{},
		],
	];
	for (const [title, octets, expected] of accepted) {
		it(`accepts ${title}`, () => {
			const info = parse(octets);
			assert.ok(info);
			assert.deepEqual({ ...info, ...expected }, info);
		});
	}

	const refused: [string, number[]][] = [
		["nothing", []],
		["SOI and EOI alone", [...SOI, ...EOI]],
		["no SOI", PLAIN.slice(2)],
		["no EOI", PLAIN.slice(0, -2)],
		["half an EOI", PLAIN.slice(0, -1)],
		["octets after EOI", [...PLAIN, 0]],
		["no frame header", [...SOI, ...tables(), ...scan(3), ...EOI]],
		["two frame headers", [...SOI, ...frameHeader(YUV420), ...frameHeader(YUV420), ...scan(3), ...EOI]],
		["no scan", [...SOI, ...frameHeader(YUV420), ...tables(), ...EOI]],
		["lossless coding", [...SOI, ...frameHeader(YUV420, { marker: 0xc3 }), ...scan(3), ...EOI]],
		["arithmetic coding", [...SOI, ...frameHeader(YUV420, { marker: 0xc9 }), ...scan(3), ...EOI]],
		["12 bits", [...SOI, ...frameHeader(YUV420, { marker: 0xc1, precision: 12 }), ...scan(3), ...EOI]],
		["no width", [...SOI, ...frameHeader(YUV420, { width: 0 }), ...scan(3), ...EOI]],
		["no height", [...SOI, ...frameHeader(YUV420, { height: 0 }), ...scan(3), ...EOI]],
		["no components", [...SOI, ...frameHeader([]), ...scan(3), ...EOI]],
		["five components", [...SOI, ...frameHeader([17, 17, 17, 17, 17]), ...scan(3), ...EOI]],
		["a sampling factor of 0", [...SOI, ...frameHeader([0x20, 0x11, 0x11]), ...scan(3), ...EOI]],
		["a sampling factor of 5", [...SOI, ...frameHeader([0x51, 0x11, 0x11]), ...scan(3), ...EOI]],
		["a segment length of 1", [...SOI, 0xff, 0xe0, 0, 1, ...frameHeader(YUV420), ...scan(3), ...EOI]],
		["a segment past the end", [...SOI, 0xff, 0xe0, 0xff, 0xff, ...frameHeader(YUV420), ...scan(3), ...EOI]],
		[
			"a scan header that swallows EOI",
			[...SOI, ...frameHeader(YUV420), 0xff, 0xda, 0, 14, 3, 1, 0, 2, 17, 3, 17, 0, 63, 0, ...EOI],
		],
		["no marker where one must be", [...SOI, 0, ...frameHeader(YUV420), ...scan(3), ...EOI]],
		["a restart marker among the headers", [...SOI, 0xff, 0xd0, 0, 2, ...frameHeader(YUV420), ...scan(3), ...EOI]],
		["a second SOI", [...SOI, ...SOI, ...frameHeader(YUV420), ...scan(3), ...EOI]],
		["a Huffman table cut short", [...SOI, ...segment(0xc4, [0, 1, 1]), ...frameHeader(YUV420), ...scan(3), ...EOI]],
		[
			"more Huffman values than there are",
			[...SOI, ...segment(0xc4, [0, ...new Array(16).fill(255), 1]), ...frameHeader(YUV420), ...scan(3), ...EOI],
		],
		["a restart interval of one octet", [...SOI, ...segment(0xdd, [1]), ...frameHeader(YUV420), ...scan(3), ...EOI]],
		[
			"endless segments",
			[...SOI, ...new Array(300).fill(segment(0xfe, [])).flat(), ...frameHeader(YUV420), ...scan(3), ...EOI],
		],
	];
	for (const [title, octets] of refused) {
		it(`refuses ${title} (IMG-17)`, () => assert.equal(parse(octets), undefined));
	}

	it("survives any mutation and truncation, and reads nothing outside the picture", () => {
		const seed = Date.now() & 0xffff;
		const random = new Prng(seed);
		for (let round = 0; round < 20_000; round++) {
			const octets = [...PLAIN];
			for (let i = random.below(4); i >= 0; i--) octets[random.below(octets.length)] = random.below(256);
			if (random.chance(0.2)) octets.length = random.below(octets.length);
			try {
				const info = parse(octets);
				const alone = parseJpeg(new Uint8Array(octets), 0, octets.length);
				assert.deepEqual(info && { ...info, scanStart: info.scanStart - 10 }, alone);
				if (info === undefined) continue;
				assert.ok(info.width > 0 && info.height > 0);
				assert.ok(info.scanStart > 10 && info.scanStart <= 10 + octets.length - 2);
			} catch (error) {
				assert.fail(`seed ${seed}, round ${round}: ${error}`);
			}
		}
	});
});
