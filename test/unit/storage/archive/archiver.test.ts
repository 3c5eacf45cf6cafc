import assert from "node:assert/strict";
import type { ArchiveTarget } from "../../../../src/ports/archive-target";
import { Archiver } from "../../../../src/storage/archive/archiver";
import type { ContentStore, StoreListener } from "../../../../src/storage/content-store";
import type { Segment } from "../../../../src/storage/recording";

const MINUTE = 60_000;

/** A store, a target and a clock that the test moves by hand. */
class Scene implements ArchiveTarget {
	readonly description = "the archive";
	readonly all: Segment[] = [];
	readonly puts: string[] = [];
	saved = "";
	changes = 0;
	closed = 0;
	listener: StoreListener = {};
	archiver: Archiver;
	private answer: ((fault: string | undefined) => void) | undefined;
	private readonly timers: { at: number; run: () => void }[] = [];
	private now = 0;

	constructor() {
		this.archiver = this.make();
	}

	make(): Archiver {
		const { all } = this;
		const store = {
			state: "ready",
			cameras: () => [...new Set(all.map(({ camera }) => camera))].sort().map((key) => ({ key })),
			segments: (camera: string, from: number, to: number, max: number) =>
				all.filter((s) => s.camera === camera && s.end > from && s.start < to).slice(0, max),
			watch: (listener: StoreListener) => {
				this.listener = listener;
				return () => {
					this.listener = {};
				};
			},
		} as unknown as ContentStore;
		const after = (delay: number, run: () => void): void => void this.timers.push({ at: this.now + delay, run });
		const save = (text: string): void => {
			this.saved = text;
		};
		this.archiver = new Archiver({ store, target: this, after, save, changed: () => this.changes++ }, this.saved);
		return this.archiver;
	}

	add(camera: string, minute: number, isRunning = false): Segment {
		const start = minute * MINUTE;
		const path = `recordings/${camera}/${minute}.mkv`;
		const segment = { camera, path, start, end: start + 10 * MINUTE, octets: 1000, isRunning } as Segment;
		this.all.push(segment);
		this.all.sort((a, b) => a.start - b.start);
		return segment;
	}

	delete(segment: Segment): void {
		this.all.splice(this.all.indexOf(segment), 1);
		this.listener.segmentDeleted?.(segment);
	}

	put(path: string, _size: number, done: (fault: string | undefined) => void): void {
		this.puts.push(path.slice("recordings/".length));
		this.answer = done;
	}

	close(): void {
		this.closed++;
	}

	/** The copy ends. */
	end(fault?: string): void {
		const { answer } = this;
		this.answer = undefined;
		answer?.(fault);
	}

	pass(duration: number): void {
		this.now += duration;
		const due = this.timers.filter(({ at }) => at <= this.now);
		for (const timer of due) {
			this.timers.splice(this.timers.indexOf(timer), 1);
			timer.run();
		}
	}
}

describe("storage/archive/archiver", () => {
	it("copies finished segments of all cameras, the oldest first, one at a time", () => {
		const scene = new Scene();
		scene.add("gate", 10);
		scene.add("yard", 0);
		scene.add("yard", 20, true);
		scene.archiver.start();
		assert.deepEqual(scene.puts, ["yard/0.mkv"]);
		assert.equal(scene.archiver.waiting, 2);
		scene.end();
		assert.deepEqual(scene.puts, ["yard/0.mkv", "gate/10.mkv"]);
		scene.end();
		assert.deepEqual([scene.archiver.copies, scene.archiver.octets, scene.archiver.waiting], [2, 2000, 0]);
	});

	it("copies a segment when it ends, and contiguous ones once each", () => {
		const scene = new Scene();
		scene.archiver.start();
		for (const minute of [0, 10, 20]) scene.listener.segmentChanged?.(scene.add("yard", minute));
		for (let i = 0; i < 5; i++) scene.end();
		assert.deepEqual(scene.puts, ["yard/0.mkv", "yard/10.mkv", "yard/20.mkv"]);
	});

	it("goes on where it was after a restart, and takes damaged memory for none", () => {
		const scene = new Scene();
		scene.add("yard", 0);
		scene.add("yard", 10);
		scene.archiver.start();
		scene.end();
		scene.archiver.stop();
		assert.equal(scene.saved, "yard 0");
		scene.saved = `\nnonsense\nyard ${10 * MINUTE}\n../x 5\ngate NaN`;
		scene.make().start();
		assert.deepEqual(scene.puts, ["yard/0.mkv", "yard/10.mkv"], "nothing is left");
		assert.equal(scene.archiver.until, 10 * MINUTE);
	});

	it("tries again after a failure, later each time, and says why", () => {
		const scene = new Scene();
		scene.add("yard", 0);
		scene.archiver.start();
		scene.end("The archive is full.");
		assert.deepEqual([scene.archiver.trouble, scene.changes], ["The archive is full.", 1]);
		scene.pass(10_000);
		scene.end("The archive is full.");
		assert.deepEqual([scene.puts.length, scene.changes], [2, 1]);
		scene.pass(10_000);
		assert.equal(scene.puts.length, 2);
		scene.pass(10_000);
		scene.end();
		assert.deepEqual([scene.archiver.trouble, scene.changes, scene.archiver.copies], [undefined, 2, 1]);
	});

	it("counts what was deleted before it was copied, and gives a copy up whose segment is gone", () => {
		const scene = new Scene();
		const first = scene.add("yard", 0);
		const second = scene.add("yard", 10);
		const third = scene.add("yard", 20);
		scene.archiver.start();
		scene.end();
		scene.delete(first);
		assert.equal(scene.archiver.lost, 0);
		scene.delete(second);
		assert.deepEqual([scene.archiver.lost, scene.closed], [1, 1]);
		scene.pass(0);
		assert.equal(scene.puts.at(-1), "yard/20.mkv");
		scene.end();
		scene.delete(third);
		assert.equal(scene.archiver.lost, 1);
	});
});
