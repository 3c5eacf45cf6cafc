import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { RtpReorder } from "../../../../src/stream/client/rtp-reorder";

/** Feeds packets whose payload is their sequence number; what comes out: numbers, and `-n` for n missing. */
class Order {
	readonly out: number[] = [];
	now = 0;
	readonly reorder: RtpReorder;

	constructor(waits = true) {
		this.reorder = new RtpReorder(
			{
				kept: (_now, bytes, start) => void this.out.push((bytes[start] << 8) | bytes[start + 1]),
				missing: (_now, count) => void this.out.push(-count),
			},
			waits,
		);
	}

	push(sequence: number, length = 2): void {
		const bytes = new Uint8Array(length + 3);
		bytes[3] = sequence >> 8;
		bytes[4] = sequence;
		if (!this.reorder.isNext(this.now, sequence, bytes, 3, bytes.length)) return;
		this.out.push(sequence);
		this.reorder.advance(this.now);
	}

	wait(span: number): void {
		this.now += span;
		if (this.reorder.deadline <= this.now) this.reorder.expire(this.now);
	}
}

describe("stream/rtp-reorder", () => {
	it("hands on in order what arrives in another order, also where numbers wrap", () => {
		const order = new Order();
		for (const sequence of [65533, 65535, 0, 65534, 2, 1, 3]) order.push(sequence);
		assert.deepEqual(order.out, [65533, 65534, 65535, 0, 1, 2, 3]);
		assert.equal(order.reorder.deadline, Infinity);
	});

	it("drops packets that come twice or too late", () => {
		const order = new Order();
		for (const sequence of [5, 5, 4, 7, 7, 6, 7]) order.push(sequence);
		assert.deepEqual(order.out, [5, 6, 7]);
		assert.equal(order.reorder.late, 4);
	});

	it("waits 80 ms for a missing packet", () => {
		const order = new Order();
		for (const sequence of [1, 3, 4, 7]) order.push(sequence);
		order.wait(79);
		assert.deepEqual(order.out, [1]);
		order.wait(1);
		assert.deepEqual(order.out, [1, -1, 3, 4]);
		order.wait(80);
		assert.deepEqual(order.out, [1, -1, 3, 4, -2, 7]);
	});

	it("waits no longer when 64 packets are ahead", () => {
		const order = new Order();
		order.push(100);
		for (let i = 102; i < 165; i++) order.push(i);
		assert.deepEqual(order.out, [100]);
		order.push(165);
		assert.deepEqual(order.out.slice(0, 4), [100, -1, 102, 103]);
		assert.equal(order.out.at(-1), 165);
	});

	it("bounds the octets that it keeps", () => {
		const order = new Order();
		order.push(1);
		for (const sequence of [5, 6, 7, 8]) order.push(sequence, 65_000);
		order.push(3, 65_000);
		assert.deepEqual(order.out, [1, -1, 3]);
		order.push(4);
		assert.deepEqual(order.out, [1, -1, 3, 4, 5, 6, 7, 8]);
	});

	it("takes a gap for a loss at once where the order can't change", () => {
		const order = new Order(false);
		for (const sequence of [1, 2, 5, 6]) order.push(sequence);
		assert.deepEqual(order.out, [1, 2, -2, 5, 6]);
	});

	it("follows a source that starts over at another number", () => {
		const order = new Order();
		for (const sequence of [30_000, 30_001, 5, 6, 7]) order.push(sequence);
		assert.deepEqual(order.out, [30_000, 30_001, -0, 6, 7]);
	});

	it("never hands on a packet twice or out of order, whatever comes (1,000 seeds)", () => {
		for (let seed = 0; seed < 1000; seed++) {
			const random = new Prng(seed);
			const order = new Order();
			let at = random.below(65536);
			order.push(at);
			for (let n = 0; n < 300; n++) {
				at = (at + 1 + (random.chance(0.05) ? random.below(90) : 0)) & 0xffff;
				order.push((at + random.below(12) - random.below(12)) & 0xffff, 2 + random.below(100));
				if (random.chance(0.1)) order.wait(random.below(100));
			}
			let last = order.out[0];
			for (const number of order.out.slice(1)) {
				if (number < 0 || Object.is(number, -0)) continue;
				const step = (number - last) & 0xffff;
				assert.ok(step > 0 && step < 0x8000, `seed ${seed}: ${number} after ${last}`);
				last = number;
			}
		}
	});
});
