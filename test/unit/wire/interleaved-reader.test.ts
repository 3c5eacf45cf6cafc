import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { InterleavedReader } from "../../../src/wire/interleaved-reader";
import { mutateOctets } from "../../support/mutate";

function frame(channel: number, length: number, fill: number): Uint8Array {
	const bytes = new Uint8Array(4 + length).fill(fill);
	bytes.set([0x24, channel, length >> 8, length]);
	return bytes;
}

/** Feeds frames in pieces. @returns the channel, the length and the first octet of each that was passed on */
function read(reader: InterleavedReader, bytes: Uint8Array, sizeOf: () => number): number[][] {
	const found: number[][] = [];
	for (let at = 0, end = 0; at < bytes.length; at = end) {
		end = Math.min(bytes.length, at + sizeOf());
		for (let from = at; from < end; ) {
			if (!reader.isOpen) reader.begin();
			const count = reader.feed(bytes, from, end);
			assert.ok(count > 0 && from + count <= end);
			from += count;
			if (!reader.isWhole) continue;
			const { start, end: until } = reader;
			assert.ok(start >= 0 && until <= reader.bytes.length);
			found.push([reader.channel, until - start, until > start ? reader.bytes[start] : -1]);
			for (let i = start; i < until; i++) assert.equal(reader.bytes[i], reader.bytes[start]);
			reader.release();
		}
	}
	return found;
}

describe("wire/interleaved-reader", () => {
	for (const keeps of [false, true])
		it(`reads frames however they are cut, ${keeps ? "with one buffer" : "with buffers of their own"} (STR-1)`, () => {
			const frames = [frame(0, 300, 7), frame(1, 0, 0), frame(0, 20, 8), frame(3, 500, 9)];
			const bytes = new Uint8Array(frames.flatMap((one) => [...one]));
			const wanted = [
				[0, 300, 7],
				[1, 0, -1],
				[0, 20, 8],
				[3, 500, 9],
			];
			for (const size of [1, 2, 3, 5, 100, 303, 304, 305, 1000])
				assert.deepEqual(
					read(new InterleavedReader(500, keeps), bytes, () => size),
					wanted,
					`pieces of ${size}`,
				);
		});

	it("skips frames that are too long, without keeping them", () => {
		for (const size of [1, 7, 5000]) {
			const reader = new InterleavedReader(499);
			const bytes = new Uint8Array([...frame(0, 500, 7), ...frame(1, 499, 8)]);
			assert.deepEqual(
				read(reader, bytes, () => size),
				[[1, 499, 8]],
			);
			assert.equal(reader.skipped, 1);
		}
	});

	it("keeps within the octets that came and the limit (fuzz)", () => {
		const random = new Prng(2326);
		for (let round = 0; round < 500; round++) {
			const bytes = mutateOctets(random, frame(random.below(4), random.below(200), 5));
			const reader = new InterleavedReader(100, random.chance(0.5));
			for (let at = 0; at < bytes.length; ) {
				if (!reader.isOpen) reader.begin();
				const end = Math.min(bytes.length, at + 1 + random.below(50));
				at += reader.feed(bytes, at, end);
				assert.ok(at <= end);
				if (reader.isWhole) assert.ok(reader.end - reader.start <= 100 && reader.end <= reader.bytes.length);
			}
		}
	});
});
