import assert from "node:assert/strict";
import type { SeekableContent } from "../../src/http/seekable-content";
import { type ExportRefusal, openExport } from "../../src/storage/export/export-file";
import { FakeStream } from "../support/fake-stream";
import { NO_LIMITS } from "../support/recordings";
import { StoreRig } from "../support/store-rig";
import { walkOver } from "../support/toy-matroska";

/** More by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "6");
const MINUTE = 60_000;

describe("simulation/exports", function () {
	this.timeout(120_000);

	it("exports what was recorded while it records, ends segments, deletes, and the power fails (STR-13)", () => {
		const ends = new Map<string, number>();
		for (let seed = 1; seed <= SEEDS; seed++) {
			try {
				run(seed, ends);
			} catch (error) {
				throw new Error(`seed ${seed}: ${(error as Error).stack}`);
			}
		}
		if (SEEDS > 1) for (const end of ["whole", "deleted", "cut"]) assert.ok(ends.has(end), end);
	});
});

function run(seed: number, ends: Map<string, number>): void {
	const rig = new StoreRig(seed, {}, { ...NO_LIMITS, octets: seed % 3 === 0 ? 3_000_000 : 0 }).ready();
	rig.add("a", true, 500 + rig.prng.below(1000));
	rig.add("b", false, 250 + rig.prng.below(500));
	for (let round = 0; round < 5; round++) {
		rig.world.runFor(3 * MINUTE + rig.prng.below(12 * MINUTE));
		if (rig.prng.chance(0.5)) rig.pause();
		const end = exportOnce(rig);
		ends.set(end, (ends.get(end) ?? 0) + 1);
		rig.world.runFor(1000);
		// One for each running segment, and one that is ending.
		assert.ok(rig.machine.files.opened <= 4, "an export leaves files open");
		if (end !== "cut") continue;
		rig.recordAll();
	}
	for (const camera of rig.cameras) camera.writer = undefined;
	rig.store.close(() => undefined);
	rig.world.runFor(MINUTE);
	assert.equal(rig.machine.files.opened, 0, "files that are left open");
}

/** Exports a span of a camera, slowly. @returns how it ended */
function exportOnce(rig: StoreRig): string {
	const { world, prng, store, machine } = rig;
	const { files } = machine;
	const { key, isJpeg } = rig.cameras[prng.below(2)];
	const to = rig.utc + 1000;
	const from = to - prng.below(30 * MINUTE);
	const segments = store.segments(key, from, to, 100);
	const length = segments.reduce((sum, { pictures }) => sum + pictures, 0);
	let answer: SeekableContent | ExportRefusal | undefined;
	openExport(files, segments, from, to, "mkv", (made) => {
		answer = made;
	});
	assert.ok(world.runUntil(() => answer !== undefined, MINUTE));
	const content = answer;
	if (content === undefined || typeof content === "string") {
		assert.equal(content, "empty");
		assert.ok(length < 20);
		return "empty";
	}
	const out = new FakeStream(0);
	let isAwake = true;
	let hasFailed = false;
	let isComplete = false;
	const source = content.open(0, content.length);
	source.attach?.({
		wake: () => {
			isAwake = true;
		},
		fail: () => {
			hasFailed = true;
		},
	});
	// Some clients are slow: the running segment ends and others are deleted meanwhile.
	const room = prng.chance(0.5) ? 1 + prng.below(30_000) : 1 << 20;
	const isCut = prng.chance(0.25);
	for (let turns = 0; !isComplete && !hasFailed; turns++) {
		world.runFor(prng.below(room < 30_000 ? 20_000 : 50));
		if (prng.chance(0.1)) rig.deleteOne();
		if (isCut && turns > prng.below(10)) {
			const cut = world.now;
			rig.powerCut();
			rig.checkFinished();
			rig.ready();
			rig.checkAll(cut);
			return "cut";
		}
		if (!isAwake) continue;
		if (out.room === 0) out.leave(room);
		isComplete = source.fill(world.now, out);
		isAwake = out.room === 0;
	}
	source.release();
	content.close();
	if (hasFailed) {
		assert.ok(rig.maybeDeleted.size > 0, "it fails although nothing was deleted");
		return "deleted";
	}
	const file = new Uint8Array(Buffer.concat(out.written));
	assert.equal(file.length, content.length);
	const { walker, scan } = walkOver(file, { checks: true });
	assert.equal(walker.state, "ended", walker.detail);
	const first = segments.find(({ end }) => end > from);
	assert.ok(isJpeg || scan.found[0][3]);
	assert.ok(first !== undefined && (walker.facts?.utc ?? 0) >= Math.min(first.start, from), "it begins in the span");
	assert.ok(scan.last <= to - (walker.facts?.utc ?? 0) + segments.length * 1000);
	return "whole";
}
