import assert from "node:assert/strict";
import { Frame } from "../../../../src/media/frame";
import type { RecordedPicture } from "../../../../src/storage/recording-reader";
import type { FileContentStore } from "../../../../src/storage/store/file-content-store";
import { plainJpeg } from "../../../support/plain-pictures";
import { fillVirtual, greyOf, openStore, readPicture, recordingFiles } from "../../../support/recordings";
import { VirtualFolder } from "../../../support/virtual-folder";

const DAY = "2026-11-25";
const T = Date.parse(`${DAY}T10:00:00Z`);

describe("storage/store/store-reader", () => {
	let folder: VirtualFolder;

	beforeEach(() => {
		folder = new VirtualFolder();
	});

	const quiet = { storageTrouble: (detail: string) => assert.fail(detail), storageWorks: () => undefined };

	function timeOf(picture: RecordedPicture | string | undefined): string | undefined {
		return typeof picture === "object" ? new Date(picture.utc).toISOString().slice(11, 19) : picture;
	}

	/** Reads all pictures forwards. */
	function all(store: FileContentStore, camera: string, from = 0): number[] {
		const reader = store.reader(camera);
		const times: number[] = [];
		for (let utc = from; ; ) {
			const picture = readPicture(folder.world, reader, utc);
			if (picture === undefined) break;
			assert.ok(typeof picture === "object", String(picture));
			times.push(picture.utc);
			utc = picture.utc + 1;
			picture.picture.release();
		}
		reader.close();
		return times;
	}

	it("ends a read in order when its segment is deleted, and goes on behind it (STR-13)", () => {
		fillVirtual(folder, [{ from: T, to: T + 1_200_000 }]);
		const store = openStore(folder.world, folder.machine);
		const reader = store.reader("front-door");
		assert.equal(timeOf(readPicture(folder.world, reader, T)), "10:00:00");
		const [segment] = store.segments("front-door", 0, Infinity, 1);
		let isDeleted = false;
		store.delete(segment, (answer) => {
			assert.equal(answer.failure, undefined);
			isDeleted = true;
		});
		const answers: string[] = [];
		const read = () =>
			reader.read(T + 1000, "from", false, {
				found: ({ picture }) => {
					picture.release();
					answers.push("found");
				},
				none: () => answers.push("none"),
				failed: (detail) => answers.push(detail),
			});
		read();
		assert.ok(folder.world.runUntil(() => isDeleted && answers.length > 0, 10_000));
		assert.ok(answers[0] === "found" || answers[0] === "the recording was deleted", answers[0]);
		assert.equal(timeOf(readPicture(folder.world, reader, T + 2000)), "10:10:00");
		reader.close();
		folder.world.runFor(100);
		assert.equal(folder.machine.files.opened, 0, "the space of the deleted file is free");
		assert.equal(store.segmentAt(segment.path), undefined);
	});

	it("deletes neither running nor locked segments (STR-13)", () => {
		fillVirtual(folder, [{ from: T, to: T + 600_000 }]);
		const store = openStore(folder.world, folder.machine);
		const writer = store.writer("hall", "Hall", quiet);
		const bytes = plainJpeg(9);
		writer.frame(new Frame(bytes, 0, bytes.length, 0, 0, undefined), T);
		folder.world.runFor(3000);
		const [running] = store.segments("hall", 0, Infinity, 1);
		const [locked] = store.segments("front-door", 0, Infinity, 1);
		assert.deepEqual(
			folder.answer<undefined>((done) => store.lock("front-door", T, T + 1, true, done)),
			{ value: undefined },
		);
		for (const segment of [running, locked]) {
			const answer = folder.answer<undefined>((done) => store.delete(segment, done)) as { failure?: string };
			assert.equal(answer.failure, "busy");
		}
		assert.deepEqual(
			folder.answer<undefined>((done) => store.lock("front-door", T, T + 1, false, done)),
			{ value: undefined },
		);
		assert.deepEqual(
			folder.answer<undefined>((done) => store.delete(locked, done)),
			{ value: undefined },
		);
		const again = folder.answer<undefined>((done) => store.delete(locked, done)) as { failure?: string };
		assert.equal(again.failure, "not-found");
		assert.deepEqual(
			store.cameras().map(({ key }) => key),
			["hall"],
		);
	});

	it("passes over a segment that can't be read, so that it does not block the day (STR-13)", () => {
		const files = [...recordingFiles([{ from: T, to: T + 1_800_000 }])];
		fillVirtual(folder, [{ from: T, to: T + 1_800_000 }]);
		for (const broken of [new Uint8Array(0), new Uint8Array(100_000).fill(7), files[1].bytes.subarray(0, 300)]) {
			folder.write(files[1].path, broken);
			const store = openStore(folder.world, folder.machine);
			const reader = store.reader("front-door");
			assert.equal(timeOf(readPicture(folder.world, reader, T + 599_000)), "10:20:00");
			assert.equal(timeOf(readPicture(folder.world, reader, T + 1_199_000, "until")), "10:09:50");
			assert.equal(all(store, "front-door").length, 120);
			reader.close();
		}
	});

	it("records and plays across a clock that is set back and forth (STR-13)", () => {
		const store = openStore(folder.world, folder.machine);
		const writer = store.writer("hall", "Hall", quiet);
		const give = (utc: number, count: number) => {
			for (let i = 0; i < count; i++) {
				const bytes = plainJpeg(greyOf(i));
				writer.frame(new Frame(bytes, 0, bytes.length, 0, 0, undefined), utc + 1000 * i);
				folder.world.runFor(1000);
			}
		};
		const noon = T + 120_000;
		give(noon, 100);
		give(noon - 50_000, 100);
		give(noon + 200_000, 50);
		give(noon, 10);
		writer.close("off", () => undefined);
		folder.world.runFor(5000);
		const segments = store.segments("hall", 0, Infinity, 9);
		assert.deepEqual(
			segments.map(({ start, pictures, gap }) => [start - noon, pictures, gap]),
			[
				[-50_000, 100, "clock"],
				[0, 100, "clock"],
				[1000, 9, "off"],
				[200_000, 50, "clock"],
			],
		);
		const times = all(store, "hall");
		for (let i = 1; i < times.length; i++) assert.ok(times[i] > times[i - 1]);
		assert.equal(times.length, 200, "each moment once");
		assert.deepEqual(openStore(folder.world, folder.machine).segments("hall", 0, Infinity, 9), segments);
	});

	it("begins another segment where size or encoding change, without a gap (STR-13)", () => {
		const store = openStore(folder.world, folder.machine);
		const writer = store.writer("hall", "Hall", quiet);
		for (let i = 0; i < 30; i++) {
			const bytes = i < 10 ? plainJpeg(9) : plainJpeg(9, 128, 96);
			writer.frame(new Frame(bytes, 0, bytes.length, 0, 0, undefined), T + 200 * i);
			folder.world.runFor(200);
		}
		writer.pause("waiting");
		folder.world.runFor(3000);
		const [one, other] = store.segments("hall", 0, Infinity, 9);
		assert.deepEqual([one.width, one.end - T, one.gap, other.width, other.pictures], [64, 2000, undefined, 128, 20]);
		assert.equal(store.coverage("hall", 0, 1e15, 0).length, 1);
	});

	it("ignores blocks that are not pictures (STR-13)", () => {
		const store = openStore(folder.world, folder.machine);
		const writer = store.writer("hall", "Hall", quiet);
		for (const bytes of [
			new Uint8Array(0),
			new Uint8Array(100),
			new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0]),
		]) {
			writer.frame(new Frame(bytes, 0, bytes.length, 0, 0, undefined), T);
		}
		folder.world.runFor(3000);
		assert.deepEqual(store.segments("hall", 0, Infinity, 9), []);
		assert.throws(() => store.writer("hall", "Hall", quiet), RangeError);
		assert.throws(() => store.writer("../hall", "Hall", quiet), RangeError);
	});
});
