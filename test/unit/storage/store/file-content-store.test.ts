import assert from "node:assert/strict";
import { AccessUnit } from "../../../../src/media/access-unit";
import { Frame } from "../../../../src/media/frame";
import type { RecordedPicture } from "../../../../src/storage/recording-reader";
import type { RecordingWriter } from "../../../../src/storage/recording-writer";
import type { FileContentStore } from "../../../../src/storage/store/file-content-store";
import { PLAIN_SETS, plainDelta, plainJpeg, plainKey, sameOctets } from "../../../support/plain-pictures";
import { fillVirtual, greyOf, octetsOf, openStore, readPicture } from "../../../support/recordings";
import { VirtualFolder } from "../../../support/virtual-folder";

const DAY = "2026-11-25";

describe("storage/store/file-content-store", () => {
	let folder: VirtualFolder;
	let store: FileContentStore;

	beforeEach(() => {
		folder = new VirtualFolder();
	});

	function open(): FileContentStore {
		store = openStore(folder.world, folder.machine);
		return store;
	}

	function grey(picture: RecordedPicture | string | undefined): number {
		assert.ok(typeof picture === "object", String(picture));
		const octets = octetsOf(picture.picture);
		for (let value = 1; value < 256; value++) if (sameOctets(plainJpeg(value), octets)) return value;
		return -1;
	}

	/** Records a picture each `interval` milliseconds of virtual time. */
	function record(writer: RecordingWriter, count: number, interval: number, first = 0): void {
		for (let i = 0; i < count; i++) {
			const bytes = plainJpeg(greyOf(first + i));
			const utc = folder.machine.clock.utc() as number;
			writer.frame(new Frame(bytes, 0, bytes.length, i, folder.machine.clock.now(), utc), utc);
			folder.world.runFor(interval);
		}
	}

	const listener = { storageTrouble: (detail: string) => assert.fail(detail), storageWorks: () => undefined };

	it("is ready on an empty medium (STR-13)", () => {
		open();
		assert.equal(store.state, "ready");
		assert.deepEqual(store.cameras(), []);
		assert.equal(store.usage.from, 0);
	});

	it("finds what was recorded by its names alone, with the titles of the cameras (STR-13)", () => {
		fillVirtual(folder, [
			{ from: `${DAY}T10:00:00Z`, to: `${DAY}T11:00:00Z`, gap: "source" },
			{ from: `${DAY}T12:05:00Z`, to: `${DAY}T12:30:00Z` },
			{
				camera: "garden",
				title: "Garden",
				from: `${DAY}T23:55:00Z`,
				to: "2026-11-26T00:05:00Z",
				encoding: "H264",
				interval: 500,
			},
		]);
		open();
		const [door, garden] = store.cameras();
		assert.deepEqual(
			[door.key, door.title, garden.key, garden.title],
			["front-door", "Front door", "garden", "Garden"],
		);
		assert.equal(door.from, Date.parse(`${DAY}T10:00:00Z`));
		assert.equal(garden.to, Date.parse("2026-11-26T00:05:00Z"));
		const coverage = store.coverage("front-door", Date.parse(DAY), Date.parse("2026-11-26"), 1000);
		assert.deepEqual(
			coverage.map(({ from, to, gap }) => [
				new Date(from).toISOString().slice(11, 16),
				new Date(to).toISOString().slice(11, 16),
				gap,
			]),
			[
				["10:00", "11:00", "source"],
				["12:05", "12:30", "off"],
			],
		);
		assert.equal(store.coverage("front-door", Date.parse(DAY), Date.parse("2026-11-26"), 7_200_000).length, 1);
		assert.equal(
			store.segments("front-door", Date.parse(`${DAY}T10:10:00Z`), Date.parse(`${DAY}T10:20:00Z`), 9).length,
			1,
		);
		const [segment] = store.segments("garden", 0, Infinity, 9);
		assert.deepEqual(store.segmentAt(segment.path), segment);
		assert.equal(segment.encoding, "H264");
	});

	it("reads pictures by their time, across segments and gaps, in both directions (STR-13)", () => {
		fillVirtual(folder, [
			{ from: `${DAY}T10:00:00Z`, to: `${DAY}T10:25:00Z` },
			{ from: `${DAY}T12:00:00Z`, to: `${DAY}T12:01:00Z` },
		]);
		open();
		const reader = store.reader("front-door");
		const at = (utc: string | number, search: "from" | "until" = "from") => {
			const picture = readPicture(folder.world, reader, utc, search);
			return typeof picture === "object"
				? `${new Date(picture.utc).toISOString().slice(11, 19)} ${grey(picture)}`
				: picture;
		};
		assert.equal(at(`${DAY}T10:00:00Z`), `10:00:00 ${greyOf(0)}`);
		assert.equal(at(`${DAY}T09:00:00Z`), `10:00:00 ${greyOf(0)}`);
		assert.equal(at(`${DAY}T10:00:01Z`), `10:00:10 ${greyOf(1)}`);
		assert.equal(at(`${DAY}T10:09:55Z`), `10:10:00 ${greyOf(60)}`);
		assert.equal(at(`${DAY}T10:09:55Z`, "until"), `10:09:50 ${greyOf(59)}`);
		assert.equal(at(`${DAY}T10:24:51Z`), `12:00:00 ${greyOf(0)}`);
		assert.equal(at(`${DAY}T11:30:00Z`, "until"), `10:24:50 ${greyOf(149)}`);
		assert.equal(at(`${DAY}T13:00:00Z`), undefined);
		assert.equal(at(`${DAY}T13:00:00Z`, "until"), `12:00:50 ${greyOf(5)}`);
		assert.equal(at(`${DAY}T09:00:00Z`, "until"), undefined);
		let utc = Date.parse(`${DAY}T10:00:00Z`);
		let count = 0;
		for (;;) {
			const picture = readPicture(folder.world, reader, utc);
			if (typeof picture !== "object") break;
			count++;
			utc = picture.utc + 1;
			picture.picture.release();
		}
		assert.equal(count, 156);
		let back = 0;
		for (utc = Date.parse(`${DAY}T14:00:00Z`); ; back++) {
			const picture = readPicture(folder.world, reader, utc, "until");
			if (typeof picture !== "object") break;
			utc = picture.utc - 1;
		}
		assert.equal(back, 156);
		reader.close();
		folder.world.runFor(10);
		assert.equal(folder.machine.files.opened, 0);
	});

	it("reads H.264 with its parameter sets, and key pictures alone (STR-13)", () => {
		fillVirtual(folder, [{ from: `${DAY}T10:00:00Z`, to: `${DAY}T10:15:00Z`, encoding: "H264", interval: 400 }]);
		open();
		const reader = store.reader("front-door");
		const start = Date.parse(`${DAY}T10:00:00Z`);
		const first = readPicture(folder.world, reader, start);
		assert.ok(typeof first === "object" && first.picture instanceof AccessUnit && first.picture.isKey);
		assert.deepEqual(
			first.parameterSets.map((set) => [...set]),
			PLAIN_SETS.map((set) => [...set]),
		);
		const slice = plainKey(greyOf(0)).subarray(PLAIN_SETS[0].length + PLAIN_SETS[1].length + 8);
		assert.deepEqual(octetsOf(first.picture), slice);
		const next = readPicture(folder.world, reader, start + 1);
		assert.ok(typeof next === "object" && next.utc === start + 400);
		assert.deepEqual(octetsOf(next.picture), plainDelta(1));
		for (const [utc, search, found] of [
			[start + 1, "from", 2000],
			[start + 2000, "from", 2000],
			[start + 1999, "until", 0],
			[start + 599_999, "until", 598_000],
			[start + 598_001, "from", 600_000],
		] as const) {
			const key = readPicture(folder.world, reader, utc, search, true);
			assert.ok(typeof key === "object" && key.picture instanceof AccessUnit && key.picture.isKey);
			assert.equal(key.utc - start, found);
		}
		assert.equal(readPicture(folder.world, reader, start + 898_001, "from", true), undefined);
	});

	it("records, shows the running segment, and gives it its name at the end (STR-13)", () => {
		open();
		const writer = store.writer("hall", "Hall", listener);
		record(writer, 50, 200);
		const [running] = store.segments("hall", 0, Infinity, 9);
		assert.ok(running.isRunning && running.pictures >= 40 && running.path.endsWith(".mkv.part"));
		const reader = store.reader("hall");
		const live = readPicture(folder.world, reader, running.start + 5000);
		assert.equal(grey(live), greyOf(25));
		record(writer, 10, 200, 50);
		const later = readPicture(folder.world, reader, running.start + 10_400);
		assert.equal(grey(later), greyOf(52));
		let isClosed = false;
		writer.close("off", () => {
			isClosed = true;
		});
		assert.ok(folder.world.runUntil(() => isClosed, 10_000));
		const [ended] = store.segments("hall", 0, Infinity, 9);
		assert.deepEqual([ended.isRunning, ended.pictures, ended.gap, ended.end - ended.start], [false, 60, "off", 12_000]);
		assert.equal(grey(readPicture(folder.world, reader, running.start + 11_800)), greyOf(59));
		reader.close();
		folder.world.runFor(10);
		assert.equal(folder.machine.files.opened, 0);
		assert.deepEqual(open().segments("hall", 0, Infinity, 9), [ended]);
		assert.equal(store.cameras()[0].title, "Hall");
	});

	it("goes on in the next segment at each ten minutes without a gap (STR-13)", () => {
		open();
		const writer = store.writer("hall", "Hall", listener);
		record(writer, 1400, 1000);
		writer.pause("waiting");
		folder.world.runFor(5000);
		const segments = store.segments("hall", 0, Infinity, 9);
		assert.equal(
			segments.reduce((sum, { pictures }) => sum + pictures, 0),
			1400,
		);
		for (let i = 1; i < segments.length; i++) {
			assert.equal(segments[i].start, segments[i - 1].end);
			assert.equal(segments[i - 1].gap, undefined);
			assert.ok(segments[i].start % 600_000 < 1000);
		}
		assert.equal(segments[segments.length - 1].gap, "waiting");
		assert.equal(store.coverage("hall", 0, 1e15, 0).length, 1);
	});
});
