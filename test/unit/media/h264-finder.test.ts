import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { H264Finder } from "../../../src/media/h264-finder";
import { mutateOctets } from "../../support/mutate";
import { joined, nalOf, streamOf } from "../../support/rtp-pictures";

const SPS = nalOf(7, 12);
const PPS = nalOf(8, 5);
const IDR = nalOf(5, 40);
const SLICE = nalOf(1, 30);
/** A slice that does not begin with the first macroblock. */
const LATER = nalOf(1, 20).fill(0x33, 1);

type Place = readonly [number, number, boolean];

function find(stream: Uint8Array, sizes: () => number): Place[] {
	const places: Place[] = [];
	const finder = new H264Finder({ unit: (start, end, isKey) => places.push([start, end, isKey]) });
	for (let at = 0; at < stream.length; ) {
		const size = Math.min(stream.length - at, sizes());
		finder.push(stream, at, at + size);
		at += size;
	}
	finder.end();
	return places;
}

describe("media/h264-finder", () => {
	const cases: [string, Uint8Array[][], boolean[]][] = [
		["pictures of one slice", [[SPS, PPS, IDR], [SLICE], [SLICE], [IDR]], [true, false, false, true]],
		[
			"pictures of several slices",
			[
				[SPS, PPS, IDR, LATER],
				[SLICE, LATER, LATER],
				[SLICE, LATER],
			],
			[true, false, false],
		],
		[
			"delimiters and supplemental information",
			[
				[nalOf(9, 2), SPS, PPS, nalOf(6, 9), IDR],
				[nalOf(9, 2), nalOf(6, 9), SLICE],
				[nalOf(6, 4), SLICE],
			],
			[true, false, false],
		],
		[
			"data partitions",
			[[nalOf(2, 20), nalOf(3, 9).fill(0x88, 1), nalOf(4, 9).fill(0x88, 1)], [nalOf(2, 20)]],
			[false, false],
		],
		[
			"types that mean nothing to it",
			[[nalOf(24, 9), nalOf(12, 9), SLICE, nalOf(12, 9), nalOf(10, 3)], [SLICE]],
			[false, false],
		],
	];
	for (const [title, pictures, keys] of cases) {
		it(`finds access units wherever the pieces end: ${title} (STR-25)`, () => {
			const units = pictures.map(streamOf);
			const stream = joined(...units);
			let at = 0;
			const expected: Place[] = [];
			for (const [i, { length }] of units.entries()) {
				expected.push([at, at + length, keys[i]]);
				at += length;
			}
			for (let size = 1; size < 90; size++)
				assert.deepEqual(
					find(stream, () => size),
					expected,
					`pieces of ${size}`,
				);
		});
	}

	it("finds nothing where there are no slices", () => {
		assert.deepEqual(
			find(streamOf([SPS, PPS, nalOf(6, 3)]), () => 5),
			[],
		);
		assert.deepEqual(
			find(new Uint8Array(1000), () => 7),
			[],
		);
	});

	it("finds the same in damaged streams however they are cut, in order and without overlaps (fuzz)", () => {
		const random = new Prng(6);
		const stream = streamOf([SPS, PPS, IDR, LATER, SLICE, LATER, SLICE, nalOf(6, 3), SLICE]);
		for (let i = 0; i < 1000; i++) {
			const damaged = mutateOctets(random, stream);
			const whole = find(damaged, () => damaged.length);
			assert.deepEqual(
				find(damaged, () => 1 + random.below(20)),
				whole,
			);
			let last = 0;
			for (const [start, end] of whole) {
				assert.ok(start >= last && end > start && end <= damaged.length);
				last = end;
			}
		}
	});
});
