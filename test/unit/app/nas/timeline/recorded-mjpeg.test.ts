import assert from "node:assert/strict";
import { RecordedMjpeg, type RecordedSpan } from "../../../../../src/app/nas/timeline/recorded-mjpeg";
import { FakeStream } from "../../../../support/fake-stream";
import { MemoryRecordings } from "../../../../support/memory-recordings";

const START = Date.UTC(2026, 10, 25, 17, 40);
const SECOND = 1000;

/** A viewer of recordings, in time that the test lets pass. */
class Viewer {
	now = 50_000;
	readonly out: FakeStream;
	readonly stream: RecordedMjpeg;
	isGrowing = false;
	ended = 0;
	isOver = false;
	private later: (() => void)[] = [];

	constructor(
		readonly recordings: MemoryRecordings,
		span: Partial<RecordedSpan>,
		room = 1 << 24,
	) {
		recordings.defer = (run) => this.later.push(run);
		this.out = new FakeStream(room);
		const owner = {
			isGrowing: () => this.isGrowing,
			ended: () => {
				this.ended++;
			},
		};
		const whole = { from: START, to: Infinity, speed: 1, ...span };
		this.stream = new RecordedMjpeg(whole, recordings.reader("garden"), () => this.now, owner);
		this.stream.attach({ wake: () => this.fill(), fail: () => assert.fail("failed") });
		this.fill();
		this.settle();
	}

	fill(): void {
		if (!this.isOver && this.stream.fill(this.now, this.out)) {
			this.isOver = true;
			this.stream.release();
		}
	}

	/** Lets time pass. @returns the times of the pictures that were sent meanwhile, relative to the start */
	wait(span: number): number[] {
		const before = this.shown().length;
		const until = this.now + span;
		for (;;) {
			this.settle();
			if (this.stream.deadline > until) break;
			this.now = Math.max(this.now, this.stream.deadline);
			this.stream.expire(this.now);
		}
		this.now = until;
		return this.shown().slice(before);
	}

	shown(): number[] {
		const text = Buffer.concat(this.out.written).toString("latin1");
		return [...text.matchAll(/garden@(\d+)/g)].map(([, utc]) => Number(utc) - START);
	}

	private settle(): void {
		for (let run = this.later.shift(); run !== undefined; run = this.later.shift()) run();
	}
}

/** Five pictures a second from the start for so many seconds. */
function recorded(seconds = 60): MemoryRecordings {
	const recordings = new MemoryRecordings();
	recordings.add("garden", "Garden", { start: START, end: START + seconds * SECOND });
	return recordings;
}

describe("app/nas/timeline/recorded-mjpeg", () => {
	it("plays a span at the times at which its pictures were taken (STR-13)", () => {
		const viewer = new Viewer(recorded(), { from: START + 1000, to: START + 2000 });
		assert.deepEqual(viewer.shown(), [1000]);
		assert.deepEqual(viewer.wait(199), []);
		assert.deepEqual(viewer.wait(401), [1200, 1400, 1600]);
		assert.deepEqual(viewer.wait(10_000), [1800]);
		assert.ok(viewer.isOver);
		assert.equal(viewer.ended, 1);
		assert.equal(viewer.recordings.readers, 0);
	});

	it("sends a multipart body whose parts have their time", () => {
		const viewer = new Viewer(recorded(), {});
		const text = Buffer.concat(viewer.out.written).toString("latin1");
		const part = `garden@${START}`;
		assert.equal(
			text,
			`--porthole-frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${part.length}\r\nX-Timestamp: ${START / 1000}.000000\r\n\r\n${part}\r\n--porthole-frame\r\n`,
		);
	});

	it("plays slowly, fast and backwards", () => {
		const slow = new Viewer(recorded(), { speed: 0.5 });
		assert.deepEqual(slow.wait(1000), [200, 400]);
		const fast = new Viewer(recorded(), { speed: 12, to: START + 10 * SECOND });
		assert.deepEqual(fast.wait(500), [1000, 2000, 3000, 4000, 5000, 6000], "a second of the recording in 83 ms");
		const back = new Viewer(recorded(), { speed: -1, from: START + 900, to: START + 200 });
		assert.deepEqual(back.shown(), [800]);
		assert.deepEqual(back.wait(5000), [600, 400, 200]);
		assert.ok(back.isOver);
	});

	it("skips gaps, after it has shown the last picture for a second", () => {
		const recordings = recorded(1);
		recordings.add("garden", "Garden", { start: START + 3_600_000, end: START + 3_601_000 });
		const viewer = new Viewer(recordings, { from: START + 800 });
		assert.deepEqual(viewer.wait(999), []);
		assert.deepEqual(viewer.wait(301), [3_600_000, 3_600_200]);
	});

	it("follows a recording that goes on", () => {
		const recordings = new MemoryRecordings();
		const running = recordings.add("garden", "Garden", { start: START, end: START + 400, isRunning: true });
		const viewer = new Viewer(recordings, {});
		viewer.isGrowing = true;
		assert.deepEqual(viewer.wait(2000), [200]);
		recordings.grow(running, { pictures: 4 });
		assert.deepEqual(viewer.wait(1000), [400, 600]);
		viewer.isGrowing = false;
		assert.deepEqual(viewer.wait(1000), []);
		assert.ok(viewer.isOver);
	});

	it("leaves out pictures for a viewer who is too slow, and holds one at most", () => {
		const viewer = new Viewer(recorded(), {});
		// The viewer reads nothing for three seconds, then all.
		viewer.out.leave(0);
		assert.deepEqual(viewer.wait(3000), []);
		viewer.out.leave(1 << 20);
		const before = viewer.shown().length;
		viewer.fill();
		viewer.wait(0);
		assert.deepEqual(viewer.shown().slice(before), [200, 3000], "the one that it held, then the one that is due");
	});

	it("releases what it holds when its viewer leaves", () => {
		const viewer = new Viewer(recorded(), {});
		viewer.isOver = true;
		viewer.stream.release();
		assert.equal(viewer.recordings.readers, 0);
		assert.equal(viewer.stream.deadline, Infinity);
		assert.deepEqual(viewer.wait(5000), []);
	});

	it("ends where the encoding changes to H.264", () => {
		const recordings = recorded(1);
		recordings.add("garden", "Garden", { start: START + 1000, end: START + 9000, encoding: "H264" });
		const viewer = new Viewer(recordings, {});
		assert.deepEqual(viewer.wait(9000), [200, 400, 600, 800]);
		assert.ok(viewer.isOver);
	});

	it("goes on behind a segment that is deleted while it is played, or ends in order (STR-23)", () => {
		const recordings = recorded(10);
		const played = recordings.of("garden")[0];
		recordings.add("garden", "Garden", { start: START + 60_000, end: START + 60_400 });
		const viewer = new Viewer(recordings, {});
		assert.deepEqual(viewer.wait(400), [200, 400]);
		recordings.remove(played);
		assert.deepEqual(viewer.wait(5000), [600, 60_000, 60_200]);
		assert.ok(viewer.isOver);
		assert.equal(recordings.readers, 0);
	});

	it("passes over pictures that can't be read, and gives up after some", () => {
		const recordings = recorded(60);
		const viewer = new Viewer(recordings, { from: START + 600 });
		viewer.stream.failed();
		assert.deepEqual(viewer.wait(3000)[0], 1600);
		const other = new Viewer(recorded(0), {});
		other.isGrowing = true;
		for (let i = 0; i <= 10; i++) other.stream.failed();
		assert.ok(other.isOver);
	});
});
