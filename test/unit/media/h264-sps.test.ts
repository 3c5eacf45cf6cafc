import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { BitReader } from "../../../src/media/bit-reader";
import { NalWalker } from "../../../src/media/h264";
import { ParameterSets } from "../../../src/media/h264-parameter-sets";
import { readSps } from "../../../src/media/h264-sps";
import { mutateOctets } from "../../support/mutate";

function hex(text: string): Uint8Array {
	return new Uint8Array(Buffer.from(text, "hex"));
}

/** Sets of libx264. */
const SETS: [string, string, [string, number, number, number]][] = [
	["baseline", "6742c01ed900a03db011000003000100000300320f162e48", ["42c01e", 640, 480, 25]],
	["main with edges cut off", "674d401eeca0501ef7780880000003008000001e078b16cb", ["4d401e", 636, 476, 30]],
	["high", "67640028acd940780227e5c04400000fa40003a9803c60c658", ["640028", 1920, 1080, 30000 / 1001]],
	["high 4:2:2", "677a000cbcd9415087888fc044000003000400000300503c50a658", ["7a000c", 322, 242, 10]],
	["high 4:4:4", "67f4000c919b28283f60220000030002000003003c1e28532c", ["f4000c", 320, 240, 15]],
	["interlaced", "67f40016919b28140f6c0440000003008000000c87c50a6580", ["f40016", 640, 480, 12.5]],
];

describe("media/h264-sps", () => {
	for (const [title, text, expected] of SETS) {
		it(`reads a sequence parameter set: ${title} (STR-25)`, () => {
			const bytes = hex(`ffff${text}ffff`);
			const info = readSps(bytes, 2, bytes.length - 2);
			assert.deepEqual([info?.profileLevelId, info?.width, info?.height, info?.frameRate, info?.id], [...expected, 0]);
		});
	}

	it("reads codes through emulation prevention", () => {
		const bits = new BitReader(hex("00000301000003"), 0, 7);
		assert.equal(bits.bits(16), 0);
		assert.equal(bits.bits(8), 1);
		assert.equal(bits.bits(16), 0);
		assert.equal(bits.overrun, false);
		assert.equal(bits.bits(1), 0);
		assert.equal(bits.overrun, true);
	});

	const codes: [string, number, number][] = [
		["80", 0, 0],
		["40", 1, 1],
		["60", 2, -1],
		["20", 3, 2],
		["38", 6, -3],
		["00000000ffffffffffff", 0, 0],
	];
	for (const [text, unsigned, signed] of codes) {
		it(`reads the code ${text} as ${unsigned} and ${signed}`, () => {
			assert.equal(new BitReader(hex(text), 0, text.length / 2).unsigned(), unsigned);
			assert.equal(Math.abs(new BitReader(hex(text), 0, text.length / 2).signed()), Math.abs(signed));
			assert.equal(new BitReader(hex(text), 0, text.length / 2).signed() < 0, signed < 0);
		});
	}

	it("refuses sets that are cut off, or of another type", () => {
		const bytes = hex(SETS[0][1]);
		for (let length = 0; length < 9; length++) assert.equal(readSps(bytes, 0, length), undefined);
		for (const first of ["61", "68", "e7", "07"]) {
			const other = hex(first + SETS[0][1].slice(2));
			assert.equal(readSps(other, 0, other.length) === undefined, first !== "07");
		}
	});

	it("survives damaged sets: sizes stay within bounds (fuzz)", () => {
		const random = new Prng(12);
		const sets = SETS.map(([, text]) => hex(text));
		for (let i = 0; i < 10_000; i++) {
			const bytes = mutateOctets(random, sets[random.below(sets.length)]);
			const info = readSps(bytes, 0, bytes.length);
			if (info === undefined) continue;
			assert.ok(info.width > 0 && info.width <= 16384 && info.height > 0 && info.height <= 16384, JSON.stringify(info));
			assert.ok(info.frameRate >= 0 && info.frameRate <= 1000 && info.id >= 0 && info.id < 32);
		}
	});
});

describe("media/h264-parameter-sets", () => {
	const sps = hex(SETS[0][1]);
	const other = hex(SETS[1][1]);
	const pps = hex("68cb83cb20");

	it("keeps the newest set of each type and number", () => {
		const sets = new ParameterSets();
		assert.equal(sets.take(pps, 0, pps.length), true);
		assert.equal(sets.take(sps, 0, sps.length), true);
		assert.deepEqual(sets.list, [sps, pps]);
		assert.equal(sets.info?.width, 640);
		const before = sets.list;
		assert.equal(sets.take(sps, 0, sps.length), false);
		assert.equal(sets.list, before);
		assert.equal(sets.take(other, 0, other.length), true);
		assert.deepEqual(sets.list, [other, pps]);
		assert.equal(sets.info?.width, 636);
		const second = hex("6852e0f2c8");
		assert.equal(sets.take(second, 0, second.length), true);
		assert.deepEqual(sets.list, [other, pps, second]);
		assert.equal(sets.take(hex("65aa"), 0, 2), false);
		assert.equal(sets.take(hex("67aa"), 0, 2), false);
	});

	it("finds the sets of a byte stream, and is bounded", () => {
		const sets = new ParameterSets();
		const stream = new Uint8Array([0, 0, 1, 9, 16, 0, 0, 0, 1, ...sps, 0, 0, 1, ...pps, 0, 0, 1, 0x65, 1]);
		assert.equal(sets.takeAll(stream, 0, stream.length), true);
		assert.deepEqual(sets.list, [sps, pps]);
		const random = new Prng(3);
		for (let i = 0; i < 2000; i++) {
			const damaged = mutateOctets(random, random.chance(0.5) ? sps : pps);
			sets.take(damaged, 0, damaged.length);
		}
		assert.ok(sets.list.length <= 32);
		assert.ok(sets.list.length > 2);
	});
});

describe("media/h264", () => {
	const cases: [string, string, string[]][] = [
		["nothing", "", []],
		["no start code", "0102030405", []],
		["one unit", "000001 6742", ["6742"]],
		["long start codes and zeros between", "00000001 6742 0000000001 68 000001 6588", ["6742", "68", "6588"]],
		["zeros at the end", "000001 6588 0000", ["6588"]],
		["empty units", "000001 000001 000001 65 000001", ["65"]],
		["octets before the first start code", "aabb00 000001 65aa", ["65aa"]],
		["ones that are no start codes", "000001 6501010001", ["6501010001"]],
	];
	for (const [title, text, expected] of cases) {
		it(`walks over NAL units: ${title}`, () => {
			const inner = hex(text.replaceAll(" ", ""));
			// What surrounds it looks like start codes.
			const bytes = new Uint8Array([0, 0, 1, ...inner, 0, 0, 1, 9]);
			const walker = new NalWalker().open(bytes, 3, 3 + inner.length);
			const found: string[] = [];
			while (walker.next()) found.push(Buffer.from(bytes.subarray(walker.start, walker.end)).toString("hex"));
			assert.deepEqual(found, expected);
		});
	}
});
