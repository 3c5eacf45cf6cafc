import assert from "node:assert/strict";
import { NO_LIMITS } from "../../../support/recordings";
import { nameOf, StoreRig } from "../../../support/store-rig";

const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "3");
const MINUTE = 60_000;
const HOUR = 3_600_000;

describe("storage/store/store-limits", () => {
	function oldest(rig: StoreRig): number {
		return rig.store.usage.from;
	}

	it("deletes the oldest recordings of all cameras beyond the limit in octets, and keeps locked ones (STR-13)", () => {
		const rig = new StoreRig(1, {}, { ...NO_LIMITS, octets: 3_000_000 }).ready();
		rig.add("a", true, 500);
		rig.add("b", true, 1000);
		rig.world.runFor(15 * MINUTE);
		const first = rig.store.segments("a", 0, Infinity, 1)[0];
		rig.store.lock("a", first.start, first.end, true, (answer) => assert.equal(answer.failure, undefined));
		rig.world.runFor(HOUR);
		const { recordings, locked } = rig.store.usage;
		assert.ok(recordings <= 3_000_000 + 100_000 && recordings > 1_500_000, String(recordings));
		assert.equal(locked, first.octets);
		const [kept, next] = rig.store.segments("a", 0, Infinity, 2);
		assert.deepEqual([nameOf(kept), kept.isLocked], [nameOf(first), true]);
		// The rest is as old in both cameras.
		assert.ok(Math.abs(next.start - rig.store.segments("b", 0, Infinity, 1)[0].start) <= 11 * MINUTE);
		assert.equal(rig.troubles, 0);
		const files = [...rig.files().keys()].filter((path) => path.endsWith(".mkv"));
		assert.equal(
			files.length,
			rig.store.cameras().reduce((sum, { key }) => sum + rig.finished(key).length, 0),
		);
	});

	it("deletes recordings for their age, and none of them when the clock jumps (STR-13)", () => {
		const rig = new StoreRig(2, {}, { ...NO_LIMITS, age: HOUR }).ready();
		rig.add("a", true, 2000);
		rig.world.runFor(2 * HOUR);
		const age = rig.utc - rig.store.segments("a", 0, Infinity, 1)[0].end;
		assert.ok(age <= HOUR + MINUTE, String(age));
		const from = oldest(rig);
		const { clock } = rig.machine;
		const utc = clock.utc.bind(clock);
		clock.utc = () => (utc() as number) + 48 * HOUR;
		rig.world.runFor(9 * MINUTE);
		assert.equal(oldest(rig), from, "the clock has just been set");
		rig.world.runFor(5 * MINUTE);
		assert.notEqual(oldest(rig), from);
	});

	it("keeps space on the medium free, for ever (STR-13)", () => {
		const rig = new StoreRig(3, { capacity: 8_000_000 }, { ...NO_LIMITS, free: 500_000 }).ready();
		rig.add("a", true, 400);
		rig.add("b", true, 400);
		let least = Infinity;
		for (let i = 0; i < 120; i++) {
			rig.world.runFor(MINUTE);
			least = Math.min(least, rig.machine.disk.space.free);
		}
		assert.ok(least >= 450_000, String(least));
		assert.equal(rig.troubles, 0);
		for (const key of ["a", "b"]) assert.equal(rig.store.coverage(key, 0, 1e15, 0).length, 1, "without a gap");
		assert.ok(oldest(rig) > rig.utc - 1.9 * HOUR);
	});

	it("deletes the oldest recordings when somebody else fills the medium, and loses no picture (STR-13)", () => {
		const rig = new StoreRig(4, { capacity: 40_000_000 }).ready();
		rig.add("a", true, 1000);
		rig.world.runFor(HOUR);
		const from = oldest(rig);
		rig.machine.disk.used += rig.machine.disk.space.free;
		rig.world.runFor(10_000);
		assert.ok(oldest(rig) > from);
		rig.world.runFor(20 * MINUTE);
		assert.equal(rig.troubles, 0);
		assert.equal(rig.store.coverage("a", 0, 1e15, 0).length, 1);
		rig.cameras[0].writer?.pause("off");
		rig.cameras[0].writer = undefined;
		rig.world.runFor(5000);
		rig.checkAll(rig.world.now);
	});

	it("says that the medium is full of locked recordings, and goes on when they are unlocked (STR-13)", () => {
		const rig = new StoreRig(5, { capacity: 3_000_000 }).ready();
		rig.add("a", true, 1000);
		rig.world.runFor(30 * MINUTE);
		rig.store.lock("a", 0, Infinity, true, (answer) => assert.equal(answer.failure, undefined));
		rig.world.runFor(5000);
		rig.machine.disk.used += rig.machine.disk.space.free;
		rig.world.runFor(10_000);
		assert.equal(rig.troubles, 1);
		assert.equal(rig.works, 0);
		const kept = rig.store.segments("a", 0, Infinity, 9);
		assert.ok(kept.length > 2);
		rig.store.lock("a", 0, Infinity, false, (answer) => assert.equal(answer.failure, undefined));
		rig.world.runFor(30_000);
		assert.deepEqual([rig.troubles, rig.works], [1, 1]);
		const stretches = rig.store.coverage("a", 0, 1e15, 0);
		assert.equal(stretches[0].gap, "storage");
		assert.ok(stretches.every((stretch) => !stretch.isLocked));
	});

	it("keeps the lock of a running segment that the medium breaks (STR-13)", () => {
		const rig = new StoreRig(8).ready();
		rig.add("a", true, 1000);
		rig.world.runFor(MINUTE);
		rig.store.lock("a", rig.utc - 5000, rig.utc, true, (answer) => assert.equal(answer.failure, undefined));
		rig.world.runFor(1000);
		rig.machine.disk.fail("sync");
		rig.world.runFor(10_000);
		const [locked, running] = rig.store.segments("a", 0, Infinity, 9);
		assert.deepEqual([locked.gap, locked.isLocked, running.isLocked], ["storage", true, false]);
		rig.powerCut();
		rig.ready();
		assert.equal(rig.store.segments("a", 0, Infinity, 9)[0].isLocked, true);
	});

	it("drops whole pictures where the medium is too slow, and marks the gap (STR-13)", () => {
		const rig = new StoreRig(6, {}, NO_LIMITS, undefined, 100_000).ready();
		rig.add("a", true, 500);
		rig.world.runFor(MINUTE);
		rig.machine.disk.settings.syncDelay = 300_000;
		rig.world.runFor(10 * MINUTE);
		assert.equal(rig.troubles, 1);
		assert.ok(rig.store.queued <= 100_000, String(rig.store.queued));
		rig.machine.disk.settings.syncDelay = 15;
		rig.world.runFor(10 * MINUTE);
		assert.equal(rig.works, 1);
		const [first, second] = rig.store.coverage("a", 0, 1e15, 0);
		assert.equal(first.gap, "storage");
		assert.ok(second.from > first.to);
		const [last] = rig.store.coverage("a", rig.utc - 5000, 1e15, 0);
		assert.ok(last !== undefined && last.gap === undefined);
		assert.equal(rig.store.queued, 0);
	});

	it("ends a segment when the medium fails, keeps what was synced, and begins another one (STR-13)", () => {
		for (const operation of ["sync", "write", "open", "rename", "syncFolder", "makeFolder", "close"] as const) {
			const rig = new StoreRig(7).ready();
			rig.add("a", true, 2000);
			rig.world.runFor(3 * MINUTE);
			rig.machine.disk.fail(operation);
			rig.world.runFor(25 * MINUTE);
			rig.cameras[0].writer?.pause("off");
			rig.cameras[0].writer = undefined;
			rig.world.runFor(20_000);
			assert.ok(rig.troubles <= 1 && rig.troubles === rig.works, operation);
			const segments = rig.store.segments("a", 0, Infinity, 99);
			const pictures = segments.reduce((sum, segment) => sum + segment.pictures, 0);
			assert.ok(pictures >= 28 * 30 - 6, `${operation}: ${pictures}`);
			for (const path of rig.files().keys()) assert.ok(!path.endsWith(".part"), `${operation}: ${path}`);
			rig.checkFinished();
		}
	});

	it("keeps a readable store while the medium fails now and then (STR-13)", () => {
		for (let seed = 1; seed <= SEEDS; seed++) {
			const rig = new StoreRig(seed, {}, { ...NO_LIMITS, octets: 1_000_000 }).ready();
			rig.machine.disk.settings.faults = 0.005;
			rig.add("a", true, 1000);
			rig.add("b", false, 800);
			rig.world.runFor(0.6 * HOUR);
			rig.machine.disk.settings.faults = 0;
			rig.world.runFor(10 * MINUTE);
			assert.equal(rig.troubles, rig.works);
			for (const camera of rig.cameras) {
				camera.writer?.pause("off");
				camera.writer = undefined;
			}
			rig.world.runFor(30_000);
			rig.checkFinished();
			for (const path of rig.files().keys()) assert.ok(!path.endsWith(".part"), path);
			rig.powerCut();
			rig.ready();
			rig.checkFinished();
		}
	});
});
