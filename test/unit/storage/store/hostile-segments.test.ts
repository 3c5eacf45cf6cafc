import assert from "node:assert/strict";
import { BufferPool } from "../../../../src/media/buffer-pool";
import { Frame } from "../../../../src/media/frame";
import type { FileMode, FileSink, Files, OpenFile } from "../../../../src/ports/files";
import type { Segment } from "../../../../src/storage/recording";
import { dayFolder, partName } from "../../../../src/storage/store/segment-name";
import { SegmentReader } from "../../../../src/storage/store/segment-reader";
import { SegmentTable } from "../../../../src/storage/store/segment-table";
import { plainJpeg } from "../../../support/plain-pictures";
import { openStore } from "../../../support/recordings";
import { toyJpeg } from "../../../support/toy-jpeg";
import { recordingOf, TOY_HEAD } from "../../../support/toy-matroska";
import { VirtualFolder } from "../../../support/virtual-folder";

/** A file of any length in which all but its beginning is zeros, as a disk may have it. */
class SparseFile implements Partial<OpenFile> {
	constructor(
		private readonly head: Uint8Array,
		readonly size: number,
	) {}

	read(at: number, bytes: Uint8Array, start: number, end: number, sink: FileSink): void {
		const count = Math.max(0, Math.min(end - start, this.size - at));
		bytes.fill(0, start, start + count);
		if (at < this.head.length) bytes.set(this.head.subarray(at, at + count), start);
		setImmediate(() => sink.completed("read", count));
	}

	close(): void {}
}

/** Writes an EBML length of eight octets. */
function long(length: number): number[] {
	const view = new DataView(new ArrayBuffer(8));
	view.setUint32(0, Math.floor(length / 2 ** 32) | 0x0100_0000);
	view.setUint32(4, length % 2 ** 32);
	return [...new Uint8Array(view.buffer)];
}

/** A segment whose second picture says that it is of this length. */
function hugePicture(length: number): SparseFile {
	const { running } = recordingOf(TOY_HEAD, [{ bytes: toyJpeg({ scan: 500 }), time: 0 }]);
	const block = [0xa3, ...long(length + 4), 0x81, 0, 0, 0x80];
	const cluster = [0x1f, 0x43, 0xb6, 0x75, ...long(block.length + 4 + length), 0xe7, 0x82, 0x03, 0xe8, ...block];
	const head = new Uint8Array([...running, ...cluster]);
	return new SparseFile(head, head.length + length);
}

describe("storage/store: segments that somebody has prepared (STR-13)", () => {
	for (const length of [17_000_000, 5_000_000_000, 40_000_000_000])
		it(`passes over a picture of ${length} octets`, async () => {
			const file = hugePicture(length);
			const files: Partial<Files> = {
				open: (_path: string, _mode: FileMode, done) =>
					setImmediate(() => done({ value: file as unknown as OpenFile })),
			};
			const segment = { path: "x", start: TOY_HEAD.utc, end: TOY_HEAD.utc + 2000, encoding: "JPEG" } as Segment;
			const answers: string[] = [];
			const sink = {
				found: (utc: number) => answers.push(`${utc - TOY_HEAD.utc}`),
				none: () => answers.push("none"),
				failed: (detail: string) => answers.push(detail),
			};
			const reader = new SegmentReader(files as Files, segment, undefined, new BufferPool(), sink as never);
			const ask = async (time: number, search: "from" | "until"): Promise<void> => {
				const count = answers.length;
				reader.find(TOY_HEAD.utc + time, search, false);
				while (answers.length === count) await new Promise((done) => setImmediate(done));
			};
			await ask(0, "from");
			await ask(1, "from");
			await ask(5000, "until");
			assert.deepEqual(answers, ["0", "none", "0"]);
			reader.close();
		});

	for (const ended of [false, true])
		it(`gives a segment that ${ended ? "was ended" : "was cut off"} and says that it lasts for hours a name that it finds again`, () => {
			const folder = new VirtualFolder();
			const start = TOY_HEAD.utc;
			const pictures = [0, 40, 9_000_000.5].map((time) => ({ bytes: toyJpeg({ scan: 500 }), time: Math.floor(time) }));
			const recording = recordingOf(TOY_HEAD, pictures);
			for (const path of ["recordings", "recordings/front-door", dayFolder("front-door", start)])
				folder.answer((done) => folder.machine.files.makeFolder(path, done));
			const path = `${dayFolder("front-door", start)}/${partName(start)}`;
			folder.write(path, ended ? recording.ended : recording.running);
			for (let i = 0; i < 2; i++) {
				const store = openStore(folder.world, folder.machine);
				const segments = store.segments("front-door", 0, Infinity, 9);
				assert.equal(segments.length, 1, `opening ${i}`);
				const there = folder.answer((done) => folder.machine.files.stat(segments[0].path, done)) as {
					failure?: string;
				};
				assert.equal(there.failure, undefined, segments[0].path);
				store.close(() => {});
			}
		});

	it("makes no segment for each picture of a camera that changes their size all the time", () => {
		const folder = new VirtualFolder();
		const store = openStore(folder.world, folder.machine);
		const writer = store.writer("front-door", "Front door", { storageTrouble() {}, storageWorks() {} });
		const sizes = [plainJpeg(40), plainJpeg(40, 128, 96)];
		for (let i = 0; i < 500; i++) {
			const bytes = sizes[i % 2];
			writer.frame(new Frame(bytes, 0, bytes.length, i, 0, undefined), TOY_HEAD.utc + 20 * i);
			folder.world.runFor(20);
		}
		let isClosed = false;
		writer.close("off", () => {
			isClosed = true;
		});
		assert.ok(folder.world.runUntil(() => isClosed, 10_000));
		const segments = store.segments("front-door", 0, Infinity, 1000);
		assert.ok(segments.length >= 8 && segments.length <= 11, `${segments.length} segments in 10 s`);
		assert.ok(segments.every(({ gap }) => gap === "source" || gap === "off"));
	});

	it("changes over at once when a camera changes the size of its pictures now and then", () => {
		const folder = new VirtualFolder();
		const store = openStore(folder.world, folder.machine);
		const writer = store.writer("front-door", "Front door", { storageTrouble() {}, storageWorks() {} });
		for (let i = 0; i < 100; i++) {
			const bytes = i < 50 ? plainJpeg(40) : plainJpeg(40, 128, 96);
			writer.frame(new Frame(bytes, 0, bytes.length, i, 0, undefined), TOY_HEAD.utc + 40 * i);
			folder.world.runFor(40);
		}
		folder.world.runFor(2000);
		const segments = store.segments("front-door", 0, Infinity, 1000);
		assert.deepEqual(
			segments.map(({ pictures, gap }) => [pictures, gap]),
			[
				[50, undefined],
				[50, undefined],
			],
		);
	});

	it("counts a file of more than 4 GB for as much when it is gone as when it came", () => {
		const table = new SegmentTable("front-door");
		const facts = { start: 0, duration: 1000, pictures: 1, width: 8, height: 8, gap: undefined } as const;
		table.add({ ...facts, encoding: "JPEG" }, 9_000_000_000, false);
		table.setLocked(0, true);
		assert.ok(table.octets > 4_000_000_000);
		table.remove(0);
		assert.deepEqual([table.octets, table.lockedOctets], [0, 0]);
	});
});
