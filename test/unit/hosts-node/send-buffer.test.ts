import assert from "node:assert/strict";
import { SendBuffer } from "../../../hosts/node/send-buffer";

describe("hosts-node/send-buffer", () => {
	const octets = (buffer: SendBuffer, count: number): number[][] =>
		buffer.views.slice(0, count).map((view) => [...view]);

	it("has a view of each datagram", () => {
		const buffer = new SendBuffer();
		buffer.fill(Uint8Array.of(1, 2, 3, 4, 5, 6), Uint32Array.of(1, 3, 3, 6), 3);
		assert.deepEqual(octets(buffer, 3), [[2, 3], [], [4, 5, 6]]);
	});

	it("makes no new views for the same burst, and copies its octets each time", () => {
		const buffer = new SendBuffer();
		const bytes = Uint8Array.of(1, 2, 3, 4);
		const offsets = Uint32Array.of(0, 2, 4);
		buffer.fill(bytes, offsets, 2);
		const views = buffer.views.slice();
		bytes[0] = 9;
		assert.deepEqual(octets(buffer, 2), [
			[1, 2],
			[3, 4],
		]);
		buffer.fill(bytes, offsets, 2);
		assert.deepEqual(octets(buffer, 2), [
			[9, 2],
			[3, 4],
		]);
		assert.ok(buffer.views.every((view, i) => view === views[i]));
	});

	it("follows bursts of other lengths, of other memory and of other offsets", () => {
		const buffer = new SendBuffer();
		const memory = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
		buffer.fill(memory, Uint32Array.of(0, 2, 4), 2);
		buffer.fill(memory, Uint32Array.of(4, 6, 8), 2);
		assert.deepEqual(octets(buffer, 2), [
			[5, 6],
			[7, 8],
		]);
		buffer.fill(memory.subarray(2), Uint32Array.of(0, 1, 4), 2);
		assert.deepEqual(octets(buffer, 2), [[3], [4, 5, 6]]);
		buffer.fill(Uint8Array.of(0, 0, 0, 0), Uint32Array.of(0, 1, 4), 2);
		assert.deepEqual(octets(buffer, 2), [[0], [0, 0, 0]]);
		const large = new Uint8Array(200_000).fill(7);
		buffer.fill(large, Uint32Array.of(0, 200_000), 1);
		assert.deepEqual(buffer.views[0], large);
	});

	it("leaves abandoned octets alone", () => {
		const buffer = new SendBuffer();
		const offsets = Uint32Array.of(0, 1, 2);
		buffer.fill(Uint8Array.of(1, 2), offsets, 2);
		const kept = buffer.views.slice(0, 2);
		buffer.abandon();
		buffer.fill(Uint8Array.of(3, 4), offsets, 2);
		assert.deepEqual([...kept[0], ...kept[1]], [1, 2]);
		assert.deepEqual(octets(buffer, 2), [[3], [4]]);
	});
});
