import assert from "node:assert/strict";
import { Link, type LinkSettings, OUTWARD } from "../../../hosts/virtual/link";
import { Prng } from "../../../src/base/prng";

const COUNT = 10_000;

/** Sends packets of 100 octets, one a millisecond. @returns the arrivals of each */
function send(settings: Partial<LinkSettings>, count = COUNT): number[][] {
	const link = new Link(new Prng(3), settings, () => {});
	const all: number[][] = [];
	for (let i = 0; i < count; i++) {
		const arrivals: number[] = [];
		link.carry(OUTWARD, i, 100, arrivals);
		all.push(arrivals);
	}
	return all;
}

function isNear(value: number, expected: number): void {
	assert.ok(Math.abs(value - expected) < expected * 0.15, `${value} is not near ${expected}`);
}

describe("hosts-virtual/link", () => {
	it("delays packets", () => {
		assert.deepEqual(send({ delay: 7 }, 3), [[7], [8], [9]]);
	});

	it("adds jitter without reordering", () => {
		const arrivals = send({ delay: 5, jitter: 10 }).flat();
		let sum = 0;
		for (let i = 1; i < COUNT; i++) assert.ok(arrivals[i] >= arrivals[i - 1]);
		for (let i = 0; i < COUNT; i++) {
			assert.ok(arrivals[i] >= i + 5 && arrivals[i] < i + 15);
			sum += arrivals[i] - i;
		}
		assert.ok(sum / COUNT > 10);
	});

	it("loses packets with the given probability", () =>
		isNear(send({ loss: 0.1 }).filter((one) => one.length === 0).length, COUNT * 0.1));

	it("duplicates packets with the given probability", () => {
		isNear(send({ duplication: 0.05 }).filter((one) => one.length === 2).length, COUNT * 0.05);
	});

	it("reorders packets with the given probability", () => {
		const arrivals = send({ reordering: 0.1, reorderDelay: 2.5 }).flat();
		let overtaken = 0;
		for (let i = 0; i + 1 < COUNT; i++) if (arrivals[i] > arrivals[i + 1]) overtaken++;
		isNear(overtaken, COUNT * 0.09);
	});

	it("limits the rate, and drops packets when its queue is full", () => {
		const slow = send({ delay: 0, rate: 50_000, queue: 1000 }, 100);
		const arrivals = slow.flat();
		for (let i = 1; i < arrivals.length; i++) assert.ok(arrivals[i] - arrivals[i - 1] >= 2 - 1e-9);
		assert.ok(arrivals.length < 65 && arrivals.length > 50, `${arrivals.length} arrived`);
	});

	it("carries nothing while unplugged, and reports the change", () => {
		let told = 0;
		const link = new Link(new Prng(1), {}, () => told++);
		const into: number[] = [];
		link.up = false;
		link.up = false;
		link.carry(OUTWARD, 0, 100, into);
		assert.deepEqual([into.length, link.lost, told], [0, 1, 1]);
	});
});
