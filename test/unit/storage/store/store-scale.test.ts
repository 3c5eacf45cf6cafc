import assert from "node:assert/strict";
import { StoreIndex } from "../../../../src/storage/store/store-index";
import { NO_LIMITS } from "../../../support/recordings";
import { StoreRig } from "../../../support/store-rig";

const FROM = Date.UTC(2026, 9, 27);
const DAY = 86_400_000;
const SEGMENT = 600_000;

/** The time of the processor in milliseconds; other programs do not count. */
function processor(run: () => void): number {
	const before = process.cpuUsage();
	run();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

/** The least of five tries: memory may be collected in one of them. */
function least(run: () => void): number {
	return Math.min(...Array.from({ length: 5 }, () => processor(run)));
}

describe("storage/store/store-scale", () => {
	it("finds 30 days of 64 cameras in 16 MB and 50 ms (STR-13)", () => {
		const before = process.memoryUsage().arrayBuffers;
		const index = new StoreIndex();
		for (let camera = 0; camera < 64; camera++) {
			const table = index.table(`camera-${camera}`);
			for (let i = 0; i < 30 * 144; i++) {
				const start = FROM + i * SEGMENT + camera;
				const facts = { start, duration: SEGMENT, pictures: 3000, width: 640, height: 480, encoding: "JPEG" as const };
				table.add({ ...facts, gap: i % 144 === 100 ? "source" : undefined }, 90_000_000, false);
			}
		}
		const octets = process.memoryUsage().arrayBuffers - before;
		assert.ok(octets < 16_000_000, `${octets} octets`);
		assert.equal(index.octets, 64 * 4320 * 90_000_000);
		const slow = least(() => {
			for (const key of index.keys) assert.equal(index.coverage(key, FROM, FROM + 30 * DAY, 0).length, 1);
			assert.equal(index.segments("camera-7", FROM, FROM + 30 * DAY, Infinity).length, 4320);
			for (let i = 0; i < 1000; i++) index.segments(`camera-${i % 64}`, FROM + i * SEGMENT, FROM + i * SEGMENT + 1, 9);
			assert.equal(index.oldest()?.camera, "camera-0");
		});
		assert.ok(slow < 50 * 4, `${slow} ms for 64 × 30 days and 1001 more queries`);
		assert.ok(least(() => index.coverage("camera-9", FROM, FROM + 30 * DAY, 60_000)) < 50);
		assert.ok(least(() => index.segments("camera-9", FROM, FROM + 30 * DAY, Infinity)) < 50);
	});

	it("begins the segments of 100 cameras at once, and none is refused (STR-13)", () => {
		const rig = new StoreRig(1, { delay: 1 }, NO_LIMITS, Date.UTC(2026, 10, 26, 17, 39, 50)).ready();
		for (let i = 0; i < 100; i++) rig.add(`camera-${i}`, true, 1000);
		rig.world.runFor(25_000);
		assert.equal(rig.troubles, 0);
		for (let i = 0; i < 100; i++) {
			const segments = rig.store.segments(`camera-${i}`, 0, Infinity, 9);
			assert.deepEqual(
				segments.map(({ isRunning }) => isRunning),
				[false, true],
			);
			assert.equal(segments[0].gap, undefined);
			assert.equal(rig.store.coverage(`camera-${i}`, 0, 1e15, 0).length, 1);
		}
	});
});
