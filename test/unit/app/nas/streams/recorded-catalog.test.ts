import assert from "node:assert/strict";
import { RecordedCatalog } from "../../../../../src/app/nas/streams/recorded-catalog";
import type { Pump } from "../../../../../src/core/pump";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../../../../src/media/frame";
import type { FileContentStore } from "../../../../../src/storage/store/file-content-store";
import { RtspRefusal } from "../../../../../src/stream/rtsp-refusal";
import type { StoredContent, StoredReader, StoredSearch } from "../../../../../src/stream/stored/stored-content";
import { plainJpeg } from "../../../../support/plain-pictures";
import { fillVirtual, greyOf, openStore, type RecordedSpan } from "../../../../support/recordings";
import { toyJpeg } from "../../../../support/toy-jpeg";
import { VirtualFolder } from "../../../../support/virtual-folder";

const DAY = "2026-03-01T";
const START = Date.parse(`${DAY}10:00:00Z`);
const SECOND = 90_000;

/** What a read gives. */
interface Got {
	/** Seconds. */
	readonly at: number;
	readonly gap: number;
	readonly sets: number;
	readonly isKey: boolean | undefined;
}

class Scene {
	readonly folder = new VirtualFolder();
	readonly store: FileContentStore;
	readonly catalog: RecordedCatalog;
	private readonly pump: Pump;

	constructor(spans: readonly RecordedSpan[]) {
		fillVirtual(this.folder, spans);
		this.store = openStore(this.folder.world, this.folder.machine);
		// A clock has one alarm: that of the store.
		const after = (delay: number, run: () => void) => void this.folder.world.after(delay, run);
		this.pump = { after } as unknown as Pump;
		this.catalog = new RecordedCatalog(this.store, this.pump);
	}

	find(name: string): StoredContent | RtspRefusal {
		return this.folder.wait((done) => this.catalog.find(name, done));
	}

	content(name = "front-door"): StoredContent {
		const found = this.find(name);
		assert.ok(!(found instanceof RtspRefusal), (found as RtspRefusal).message);
		return found;
	}

	open(content: StoredContent): StoredReader {
		const reader = this.folder.wait<StoredReader | RtspRefusal>((done) => content.open(done));
		assert.ok(!(reader instanceof RtspRefusal));
		return reader;
	}

	/** Starts a read. */
	start(reader: StoredReader, seconds: number, search: StoredSearch = "from", keys = false): (Got | string)[] {
		const got: (Got | string)[] = [];
		reader.read(Math.round(seconds * SECOND), search, keys, {
			found: (at, picture, gap = 0, sets) => {
				const isKey = "isKey" in picture ? picture.isKey : undefined;
				got.push({ at: at / SECOND, gap: gap / SECOND, sets: sets?.length ?? 0, isKey });
				picture.release();
			},
			none: () => got.push("none"),
			failed: (detail) => got.push(detail),
		});
		assert.equal(got.length, 0, "never during the call");
		return got;
	}

	read(reader: StoredReader, seconds: number, search: StoredSearch = "from", keys = false): Got | string {
		const got = this.start(reader, seconds, search, keys);
		assert.ok(this.folder.world.runUntil(() => got.length > 0, 60_000));
		return got[0];
	}

	at(reader: StoredReader, seconds: number, search?: StoredSearch): number | string {
		const got = this.read(reader, seconds, search);
		return typeof got === "string" ? got : got.at;
	}
}

const span = (from: string, to: string, more: Partial<RecordedSpan> = {}): RecordedSpan => ({
	from: `${DAY}${from}Z`,
	to: `${DAY}${to}Z`,
	interval: 1000,
	...more,
});

describe("app/nas/streams/recorded-catalog", () => {
	it("describes the whole timeline of a camera with its time (STR-11, STR-13)", () => {
		const scene = new Scene([span("10:00:00", "10:25:00"), span("11:00:00", "11:01:00")]);
		const { description } = scene.content();
		const { id, title, video, range } = description;
		assert.deepEqual([id, title], ["recordings/front-door", "Front door"]);
		assert.deepEqual(video, { encoding: "JPEG", width: 64, height: 48, frameRate: 1, parameterSets: [] });
		assert.deepEqual(range, { duration: 3660, utc: START, isGrowing: false });
		assert.deepEqual(
			scene.folder.wait((done) => scene.catalog.list(done)),
			["front-door"],
		);
	});

	it("refuses unknown recordings, and pictures that RTP can't carry, with the reason (STR-11)", () => {
		const progressive = toyJpeg({ grey: true });
		const scene = new Scene([
			span("10:00:00", "10:01:00"),
			span("10:00:00", "10:01:00", { camera: "grey", picture: () => progressive }),
		]);
		for (const name of ["back-door", "", "..", "Front-Door", "front-door/x", "constructor"])
			assert.equal((scene.find(name) as RtspRefusal).status, 404, name);
		const refusal = scene.find("grey") as RtspRefusal;
		assert.deepEqual([refusal.status, refusal.message.startsWith("RTP can't carry this recording: ")], [415, true]);
	});

	it("reads from segment to segment, and says how long nothing was recorded (STR-11)", () => {
		const scene = new Scene([span("10:00:00", "10:25:00"), span("11:00:00", "11:01:00")]);
		const reader = scene.open(scene.content());
		assert.equal(scene.at(reader, 0), 0);
		assert.deepEqual(scene.read(reader, 599.5), { at: 600, gap: 0, sets: 0, isKey: undefined });
		assert.equal(scene.at(reader, 1499), 1499);
		// 35 minutes are missing.
		assert.deepEqual(scene.read(reader, 1499.1), { at: 3600, gap: 2100, sets: 0, isKey: undefined });
		assert.deepEqual(scene.read(reader, 3601), { at: 3601, gap: 0, sets: 0, isKey: undefined });
		// Backwards too.
		assert.equal(scene.at(reader, 3600, "until"), 3600);
		assert.deepEqual(scene.read(reader, 3599.9, "until"), { at: 1499, gap: 2100, sets: 0, isKey: undefined });
		assert.deepEqual([scene.at(reader, 3660), scene.at(reader, -1, "until")], ["none", "none"]);
		reader.close();
	});

	it("plays what has the encoding of the newest recording, and leaves the rest out (STR-11)", () => {
		const scene = new Scene([
			span("10:00:00", "10:10:00", { encoding: "H264", keys: 5 }),
			span("10:10:00", "10:20:00"),
			span("10:20:00", "10:30:00", { encoding: "H264", keys: 5 }),
		]);
		const content = scene.content();
		assert.deepEqual([content.description.video.encoding, content.description.video.parameterSets.length], ["H264", 2]);
		const reader = scene.open(content);
		assert.deepEqual(scene.read(reader, 3, "until", true), { at: 0, gap: 0, sets: 2, isKey: true });
		assert.deepEqual(scene.read(reader, 1), { at: 1, gap: 0, sets: 2, isKey: false });
		assert.equal(scene.at(reader, 599), 599);
		assert.deepEqual(scene.read(reader, 599.1), { at: 1200, gap: 600, sets: 2, isKey: true });
		assert.equal(scene.at(reader, 900, "until"), 599);
	});

	it("waits for what is being recorded, and ends with the recording (STR-11, STR-13)", () => {
		const scene = new Scene([]);
		const { world } = scene.folder;
		const writer = scene.store.writer("gate", "Gate", { storageTrouble() {}, storageWorks() {} });
		let number = 0;
		const record = (count: number): void => {
			for (let i = 0; i < count; i++) {
				const jpeg = plainJpeg(greyOf(number));
				const bytes = new Uint8Array(FRAME_HEADROOM + jpeg.length + FRAME_TAILROOM);
				bytes.set(jpeg, FRAME_HEADROOM);
				writer.frame(
					new Frame(bytes, FRAME_HEADROOM, FRAME_HEADROOM + jpeg.length, number, world.now, undefined),
					START + number++ * 500,
				);
				world.runFor(500);
			}
		};
		record(10);
		const content = scene.content("gate");
		assert.equal(content.description.range?.isGrowing, true);
		const reader = scene.open(content);
		const last = content.description.range?.duration ?? 0;
		const got = scene.start(reader, last + 0.6);
		world.runFor(3000);
		assert.deepEqual(got, []);
		record(6);
		assert.equal(got.length, 1);
		assert.ok((content.description.range?.duration ?? 0) > last);
		// A seek does not wait.
		const late = scene.start(reader, 1000);
		world.runFor(100);
		reader.hurry?.();
		world.runFor(100);
		assert.deepEqual(late, ["none"]);
		const end = scene.start(reader, 1000);
		writer.close("off", () => {});
		world.runFor(2000);
		assert.deepEqual(end, ["none"]);
		assert.equal(content.description.range?.isGrowing, false);
		reader.close();
	});

	it("keeps the time 0 while somebody plays, whatever is deleted, and ends a stream in order (STR-23)", () => {
		const scene = new Scene([span("10:00:00", "10:30:00")]);
		const content = scene.content();
		const reader = scene.open(content);
		assert.equal(scene.at(reader, 1), 1);
		const [first] = scene.store.segments("front-door", START, START + 1, 1);
		const waiting = scene.start(reader, 2);
		scene.folder.answer((done) => scene.store.delete(first, done));
		scene.folder.world.runFor(100);
		assert.equal(waiting.length, 1);
		assert.equal(scene.content().description.range?.utc, START);
		assert.equal(scene.at(reader, 0), 600);
		reader.close();
		reader.close();
		assert.equal(scene.content().description.range?.utc, START + 600_000);
	});
});
