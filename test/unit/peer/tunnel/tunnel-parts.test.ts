import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { OctetQueue } from "../../../../src/peer/tunnel/octet-queue";
import { RangeSet } from "../../../../src/peer/tunnel/range-set";
import { ReceiveBuffer, SharedRoom } from "../../../../src/peer/tunnel/receive-buffer";
import { isSame, octetsOf } from "../../../support/tunnel-pair";

describe("peer/tunnel/range-set", () => {
	it("behaves like a set of octets", () => {
		const random = new Prng(4);
		const ranges = new RangeSet();
		const model = new Set<number>();
		for (let i = 0; i < 5000; i++) {
			const start = random.below(60);
			const end = start + random.below(12);
			const kind = random.below(3);
			if (kind === 0) ranges.add(start, end);
			if (kind === 1) ranges.remove(start, end);
			if (kind === 2 && random.chance(0.3)) ranges.removeBefore(start);
			for (let at = 0; at < 80; at++) {
				if (at >= start && at < end && kind === 0) model.add(at);
				if (at >= start && at < end && kind === 1) model.delete(at);
			}
			if (kind === 2) {
				ranges.removeBefore(start);
				for (let at = 0; at < start; at++) model.delete(at);
			}
			const sorted = [...model].sort((a, b) => a - b);
			const first = sorted[0] ?? Infinity;
			let gaps = 0;
			for (const at of sorted) if (!model.has(at - 1)) gaps++;
			let last = first;
			while (model.has(last)) last++;
			assert.deepEqual([ranges.start, ranges.end, ranges.size], [first, last, gaps], `step ${i}`);
		}
	});
});

describe("peer/tunnel/octet-queue", () => {
	it("gives back any octets that are kept, and releases what it has dropped, once", () => {
		const random = new Prng(5);
		const all = octetsOf(40_000);
		const queue = new OctetQueue();
		let held = 0;
		let retained = 0;
		const retain = (): void => {
			held++;
			retained++;
		};
		const lease = { retain, release: () => void held-- };
		while (queue.end < all.length) {
			const count = Math.min(all.length - queue.end, random.below(500));
			const from = queue.end;
			if (random.chance(0.5)) queue.push(all, from, from + count);
			else queue.pushShared(all, from, from + count, random.chance(0.5) ? lease : undefined);
			for (let n = 0; n < 3 && queue.length > 0; n++) {
				const start = queue.start + random.below(queue.length);
				const end = start + random.below(queue.end - start + 1);
				const into = new Uint8Array(end - start + 2);
				queue.read(start, end, into, 1);
				assert.ok(isSame(into.subarray(1, into.length - 1), all.subarray(start, end)));
				if (start < queue.end) assert.equal(queue.octet(start), all[start]);
			}
			if (random.chance(0.3)) queue.drop(queue.start + random.below(queue.length + 1));
		}
		assert.ok(retained > 20);
		assert.throws(() => queue.read(queue.end - 1, queue.end + 1, all, 0), RangeError);
		queue.clear();
		assert.deepEqual([queue.length, held], [0, 0]);
	});
});

describe("peer/tunnel/receive-buffer", () => {
	it("puts octets in order that come in any pieces, repeated and overlapping", () => {
		for (let seed = 1; seed <= 20; seed++) {
			const random = new Prng(seed);
			const all = octetsOf(60_000, seed);
			const buffer = new ReceiveBuffer(16_384, new SharedRoom(16_384));
			const parts: Uint8Array[] = [];
			while (buffer.next < all.length) {
				const offset = Math.max(0, buffer.next - 500 + random.below(20_000));
				const count = Math.min(random.below(1500), Math.max(0, all.length - offset));
				const isTooFar = offset + count > buffer.next + 16_384;
				const piece = all.slice(offset, offset + count);
				const isKept = buffer.put(offset, piece, 0, count);
				if (count > 0 && isTooFar) assert.equal(isKept, false);
				piece.fill(0);
				if (random.chance(0.5)) while (buffer.isReadable) parts.push(buffer.take().slice());
			}
			assert.ok(isSame(join(parts), all), `seed ${seed}`);
		}
	});

	it("refuses pieces beyond a number, however small", () => {
		const buffer = new ReceiveBuffer(16_384, new SharedRoom(16_384));
		let kept = 0;
		for (let at = 1; at < 10_000; at += 2) if (buffer.put(at, new Uint8Array(1), 0, 1)) kept++;
		assert.equal(kept, 256);
	});

	it("keeps no more of many streams than there is room for all, and has it again (P2P-14)", () => {
		const shared = new SharedRoom(40_000);
		const buffers = Array.from({ length: 64 }, () => new ReceiveBuffer(16_384, shared));
		const kept = buffers.filter((buffer) => buffer.put(16_383, new Uint8Array(1), 0, 1));
		assert.equal(kept.length, 2, "an octet at the end of the window takes all of it");
		kept[0].clear();
		kept[1].pass(16_383);
		assert.equal(kept[1].take().length, 1);
		assert.equal(shared.left, 40_000);
	});

	it("does not let the end move", () => {
		const buffer = new ReceiveBuffer(16_384, new SharedRoom(16_384));
		buffer.pass(10);
		assert.equal(buffer.finish(9), false);
		assert.equal(buffer.finish(20), true);
		assert.equal(buffer.finish(20), true);
		assert.equal(buffer.finish(21), false);
		buffer.pass(20);
		assert.equal(buffer.isEnded, true);
	});
});

function join(parts: readonly Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
