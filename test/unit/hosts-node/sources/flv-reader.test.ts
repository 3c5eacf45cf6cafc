import assert from "node:assert/strict";
import { FlvReader, type FlvSink } from "../../../../hosts/node/sources/flv-reader";
import { Prng } from "../../../../src/base/prng";

const SPS = Buffer.from([0x67, 0x42, 0xc0, 0x1e, 0xaa]);
const PPS = Buffer.from([0x68, 0xce, 0x3c, 0x80]);
const IDR = Buffer.from([0x65, 0x88, 0x84, 0x00, 0x11]);
const SLICE = Buffer.from([0x41, 0x9a, 0x22]);
const FILE_HEAD = Buffer.from("464c5601010000000900000000", "hex");

/** Writes numbers as big-endian of the given lengths. */
function be(...parts: readonly (readonly [value: number, octets: number])[]): Buffer {
	return Buffer.concat(
		parts.map(([value, octets]) => {
			const bytes = Buffer.alloc(octets);
			bytes.writeUIntBE(value, 0, octets);
			return bytes;
		}),
	);
}

function tag(type: number, time: number, data: Buffer): Buffer {
	const head = be([type, 1], [data.length, 3], [time % 0x1000000, 3], [Math.floor(time / 0x1000000), 1], [0, 3]);
	return Buffer.concat([head, data, be([data.length + 11, 4])]);
}

function configuration(sps: readonly Buffer[] = [SPS], pps: readonly Buffer[] = [PPS], lengths = 0xff): Buffer {
	const list = (sets: readonly Buffer[]) => sets.flatMap((set) => [be([set.length, 2]), set]);
	const head = Buffer.from([0x17, 0, 0, 0, 0, 1, 0x42, 0xc0, 0x1e, lengths, 0xe0 | sps.length]);
	return tag(9, 0, Buffer.concat([head, ...list(sps), Buffer.from([pps.length]), ...list(pps)]));
}

function picture(time: number, shift: number, ...units: readonly Buffer[]): Buffer {
	const head = Buffer.concat([Buffer.from([0x27, 1]), be([shift, 3])]);
	return tag(9, time, Buffer.concat([head, ...units.flatMap((unit) => [be([unit.length, 4]), unit])]));
}

function annexB(...units: readonly Buffer[]): Uint8Array {
	return new Uint8Array(Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit])));
}

class Found implements FlvSink {
	readonly sets: (readonly Uint8Array[])[] = [];
	readonly pictures: { bytes: Uint8Array; isKey: boolean; at: number }[] = [];

	parameters(sets: readonly Uint8Array[]): void {
		this.sets.push(sets);
	}

	picture(bytes: Uint8Array, isKey: boolean, at: number): void {
		this.pictures.push({ bytes, isKey, at });
	}
}

describe("hosts-node/sources/flv-reader", () => {
	const stream = Buffer.concat([
		FILE_HEAD,
		tag(18, 0, Buffer.from("metadata")),
		configuration(),
		picture(40, 0, IDR),
		picture(80, 40, SLICE, SLICE),
		picture(0x1000028, 0, SPS, PPS, IDR),
	]);
	const expected = [
		{ bytes: annexB(SPS, PPS, IDR), isKey: true, at: 40 },
		{ bytes: annexB(SLICE, SLICE), isKey: false, at: 120 },
		{ bytes: annexB(SPS, PPS, IDR), isKey: true, at: 0x1000028 },
	];

	for (const size of [1, 3, 17, stream.length]) {
		it(`finds the pictures in pieces of ${size} octets, key pictures with their parameter sets (STR-25)`, () => {
			const found = new Found();
			const reader = new FlvReader(found);
			for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
			assert.deepEqual(found.pictures, expected);
			assert.deepEqual(found.sets[0], [new Uint8Array(SPS), new Uint8Array(PPS)]);
			assert.equal(reader.broken, 0);
		});
	}

	it("gives a picture as soon as its last octet is there", () => {
		const found = new Found();
		const reader = new FlvReader(found);
		reader.push(Buffer.concat([FILE_HEAD, configuration(), picture(0, 0, IDR)]));
		assert.equal(found.pictures.length, 1);
	});

	it("follows parameter sets that change within the stream", () => {
		const found = new Found();
		const other = Buffer.from([0x67, 0x4d, 1, 2]);
		new FlvReader(found).push(
			Buffer.concat([FILE_HEAD, configuration(), picture(0, 0, other, PPS, IDR), picture(40, 0, IDR)]),
		);
		assert.deepEqual(found.pictures[1].bytes, annexB(other, PPS, IDR));
	});

	it("starts over after a reset", () => {
		const found = new Found();
		const reader = new FlvReader(found);
		reader.push(stream.subarray(0, 50));
		reader.reset();
		reader.push(stream);
		assert.deepEqual(found.pictures, expected);
	});

	for (const [what, piece] of [
		["other codecs", tag(9, 0, Buffer.from([0x12, 1, 0, 0, 0, 1]))],
		["short tags", tag(9, 0, Buffer.from([0x17, 1]))],
		["a NAL unit longer than its tag", tag(9, 0, Buffer.from([0x27, 1, 0, 0, 0, 0, 0, 0, 9, 0x41, 1]))],
		["a picture without NAL units", tag(9, 0, Buffer.from([0x27, 1, 0, 0, 0]))],
		["lengths of two octets", configuration([SPS], [PPS], 0xfd)],
		["a configuration without parameter sets", configuration([], [])],
		["a configuration that is cut off", tag(9, 0, Buffer.from([0x17, 0, 0, 0, 0, 1, 2, 3, 4, 0xff, 0xe1, 0, 9, 1]))],
	] as const) {
		it(`counts ${what}, and goes on behind them`, () => {
			const found = new Found();
			const reader = new FlvReader(found);
			reader.push(Buffer.concat([FILE_HEAD, configuration(), piece, picture(7, 0, IDR)]));
			assert.equal(reader.broken, 1);
			assert.deepEqual(found.pictures, [{ bytes: annexB(SPS, PPS, IDR), isKey: true, at: 7 }]);
		});
	}

	it("gives up a stream whose tag is too long", () => {
		const found = new Found();
		const reader = new FlvReader(found);
		reader.push(Buffer.concat([FILE_HEAD, Buffer.from([9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0])]));
		assert.equal(reader.broken, 1);
	});

	it("never throws, whatever it reads", () => {
		const random = new Prng(25);
		for (let round = 0; round < 3000; round++) {
			const bytes = Buffer.from(stream);
			for (let i = random.below(8); i >= 0; i--) bytes[random.below(bytes.length)] = random.below(256);
			const found = new Found();
			const reader = new FlvReader(found);
			const cut = random.below(bytes.length);
			reader.push(bytes.subarray(0, cut));
			reader.push(bytes.subarray(cut));
			for (const { bytes: unit } of found.pictures) assert.deepEqual([...unit.subarray(0, 4)], [0, 0, 0, 1]);
		}
	});
});
