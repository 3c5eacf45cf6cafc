import assert from "node:assert/strict";
import type { ContentDescription } from "../../../../src/stream/content";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import type {
	StoredCatalog,
	StoredContent,
	StoredReader,
	StoredSearch,
	StoredSink,
} from "../../../../src/stream/stored/stored-content";
import type { PlayAnswer } from "../../../../src/stream/stream-transport";
import { StreamStage } from "../../../support/stream-stage";
import { toyFrame } from "../../../support/toy-jpeg";

const PICTURES = 50;
const STEP = 9000;
const FILES = { content: "files/holiday.mjpeg" };
const DESCRIPTION: ContentDescription = {
	id: FILES.content,
	title: "holiday",
	video: { encoding: "JPEG", width: 64, height: 48, frameRate: 10, parameterSets: [] },
	range: { duration: PICTURES / 10, utc: undefined },
};

/** One file of 50 pictures, 10 a second; answers come when the test says, as from a disk. */
class ToyCatalog implements StoredCatalog, StoredContent {
	readonly description = DESCRIPTION;
	/** Readers that are open. */
	readers = 0;
	refusal: RtspRefusal | undefined;
	private readonly tasks: (() => void)[] = [];

	list(): void {}

	find(name: string, done: (answer: StoredContent | RtspRefusal) => void): void {
		this.later(() => done(name === "holiday.mjpeg" ? this : new RtspRefusal(404, "no such file")));
	}

	open(done: (answer: StoredReader | RtspRefusal) => void): void {
		this.later(() => {
			if (this.refusal !== undefined) return done(this.refusal);
			this.readers++;
			done(new ToyReader(this));
		});
	}

	later(task: () => void): void {
		this.tasks.push(task);
	}

	/** The disk does all that it was asked for. */
	work(): void {
		for (let task = this.tasks.shift(); task !== undefined; task = this.tasks.shift()) task();
	}
}

class ToyReader implements StoredReader {
	private isClosed = false;

	constructor(private readonly catalog: ToyCatalog) {}

	read(at: number, search: StoredSearch, _keysOnly: boolean, sink: StoredSink): void {
		const number = search === "from" ? Math.ceil(at / STEP) : Math.floor(at / STEP);
		this.catalog.later(() => {
			if (this.isClosed) return;
			if (number >= 0 && number < PICTURES) sink.found(number * STEP, toyFrame(number, 0, { fill: 2 + number }));
			else sink.none();
		});
	}

	close(): void {
		if (!this.isClosed) this.catalog.readers--;
		this.isClosed = true;
	}
}

/** A stage with a file; time passes together with the work of the disk. */
class FileStage extends StreamStage {
	readonly catalog: ToyCatalog;

	constructor() {
		const catalog = new ToyCatalog();
		super(1, { stored: catalog });
		this.catalog = catalog;
	}

	run(duration: number): void {
		for (let passed = 0; passed < duration; passed += 10) {
			this.catalog.work();
			this.pass(10);
		}
		this.catalog.work();
	}
}

describe("stream/stored-streams", () => {
	it("describes a stored content, and refuses one that does not exist (STR-11)", () => {
		const stage = new FileStage();
		const [found, missing] = [stage.describe(FILES.content), stage.describe("files/nothing")];
		assert.deepEqual([found, missing], [[], []]);
		stage.run(10);
		assert.deepEqual(found, [DESCRIPTION]);
		assert.equal((missing[0] as RtspRefusal).status, 404);
		const client = stage.setup("udp", { content: "files/nothing" });
		stage.run(10);
		assert.equal((client.setup as RtspRefusal).status, 404);
		assert.equal(stage.paths.count, 0);
	});

	for (const framing of ["udp", "tcp"] as const) {
		it(`plays a file by ${framing} at its own pace, to its end, with a BYE (STR-9, STR-11)`, () => {
			const stage = new FileStage();
			const client = stage.setup(framing, FILES);
			stage.run(10);
			client.play();
			stage.run(2000);
			const answer = client.plays[0] as PlayAnswer;
			const pictures = client.pictures();
			assert.ok(pictures.length >= 20 && pictures.length <= 21, `${pictures.length} in 2 s`);
			assert.deepEqual([pictures[0][0].sequence, pictures[0][0].timestamp], [answer.sequence, answer.timestamp]);
			assert.deepEqual([answer.range?.from, answer.range?.scale], [0, 1]);
			for (let i = 1; i < pictures.length; i++) {
				assert.equal((pictures[i][0].timestamp - pictures[i - 1][0].timestamp) >>> 0, STEP);
				assert.equal(pictures[i][0].fill, pictures[i - 1][0].fill + 1);
			}
			stage.run(4000);
			assert.deepEqual(client.ended.length, 1);
			assert.match(client.ended[0], /ended/);
			assert.deepEqual([stage.catalog.readers, stage.paths.count, stage.distribution.table.size], [0, 0, 0]);
			assert.equal(stage.distribution.deadline, Infinity);
		});

		it(`pauses a file by ${framing}, resumes it, and moves within it (STR-1)`, () => {
			const stage = new FileStage();
			const client = stage.setup(framing, FILES);
			stage.run(10);
			client.play();
			stage.run(1000);
			client.pause();
			const before = client.pictures();
			stage.run(5000);
			assert.equal(client.got().length, 0);
			client.play();
			stage.run(500);
			const after = client.pictures();
			assert.equal(after[0][0].fill, before[before.length - 1][0].fill + 1);
			assert.equal(after[0][0].sequence, (before[before.length - 1][before[0].length - 1].sequence + 1) & 0xffff);
			client.play({ from: 3, to: 4, scale: 1, speed: 1 });
			stage.run(500);
			assert.equal(client.pictures()[0][0].fill, 2 + 30);
			assert.deepEqual((client.plays[2] as PlayAnswer).range, { from: 3, to: 4, scale: 1, speed: 1 });
			stage.run(2000);
			assert.equal(client.ended.length, 1);
		});
	}

	it("waits for a client by TCP that is slow, which misses nothing (STR-11)", () => {
		const stage = new FileStage();
		const client = stage.setup("tcp", { ...FILES, room: 4000 });
		stage.run(10);
		client.play();
		for (let i = 0; i < 100 && client.ended.length === 0; i++) {
			stage.run(500);
			client.take(4000);
		}
		const fills = client.pictures().map(([{ fill }]) => fill);
		assert.deepEqual(
			fills,
			Array.from({ length: PICTURES }, (_, i) => 2 + i),
		);
	});

	it("refuses a range that the content does not have with 457, and stays ready", () => {
		const stage = new FileStage();
		const client = stage.setup("udp", FILES);
		stage.run(10);
		client.play({ from: 99, to: undefined, scale: 1, speed: 1 });
		stage.run(10);
		assert.equal((client.plays[0] as RtspRefusal).status, 457);
		client.play();
		stage.run(500);
		assert.ok(client.pictures().length > 3);
	});

	it("frees what a stream had that is taken down before its file is open, or that cannot be opened", () => {
		const stage = new FileStage();
		const client = stage.setup("udp", FILES);
		assert.equal(stage.distribution.table.size, 1);
		stage.distribution.close(stage.now);
		stage.run(10);
		assert.ok(client.setup instanceof RtspRefusal);
		assert.deepEqual([stage.catalog.readers, stage.paths.count], [0, 0]);
		const other = new FileStage();
		other.catalog.refusal = new RtspRefusal(503, "too many files are open");
		const refused = other.setup("tcp", FILES);
		other.run(10);
		assert.equal((refused.setup as RtspRefusal).status, 503);
		assert.equal(other.distribution.table.size, 0);
	});

	it("does not answer PLAY twice, nor play on, when the stream is taken down while its file is read", () => {
		const stage = new FileStage();
		const client = stage.setup("udp", FILES);
		stage.run(10);
		client.play();
		client.teardown();
		stage.run(100);
		assert.equal(client.plays.length, 1);
		assert.equal((client.plays[0] as RtspRefusal).status, 454);
		assert.deepEqual([stage.catalog.readers, stage.paths.count], [0, 0]);
		assert.equal(stage.distribution.deadline, Infinity);
	});
});
