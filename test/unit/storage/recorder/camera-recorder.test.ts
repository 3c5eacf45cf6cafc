import assert from "node:assert/strict";
import { AccessUnit } from "../../../../src/media/access-unit";
import { Frame } from "../../../../src/media/frame";
import { CameraRecorder, type RecorderOptions } from "../../../../src/storage/recorder/camera-recorder";
import { PreRollBudget } from "../../../../src/storage/recorder/pre-roll";
import type { RecordingMode } from "../../../../src/storage/recorder/recording-mode";
import { WeekSchedule } from "../../../../src/wire/week-schedule";
import { FakeContentStore } from "../../../support/fake-content-store";

/** Monday, 2026-01-05, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 0, 5);
const KEY = "door";
const DAY = 1440;

class Scene {
	readonly store = new FakeContentStore();
	readonly recorder: CameraRecorder;
	/** References to pictures that were not released. */
	held = 0;
	now = 0;
	utc = MONDAY;
	changes = 0;
	private ticks = 0;

	constructor(mode: RecordingMode, options: Partial<RecorderOptions> = {}, memory = 1_000_000) {
		const all: RecorderOptions = {
			rate: 60,
			quietRate: 0,
			preRoll: 5000,
			postRoll: 10_000,
			schedule: WeekSchedule.parse("mon 08:00-18:00") as WeekSchedule,
			weekMinute: (utc) => Math.floor((utc - MONDAY) / 60_000) + DAY,
			...options,
		};
		const owner = { recorderChanged: () => void this.changes++ };
		this.recorder = new CameraRecorder(KEY, "Door", mode, this.store, all, new PreRollBudget(memory), owner);
	}

	/** Lets pictures come. @param kind `i`: an H.264 key picture each second, else one that depends on it */
	pictures(seconds: number, perSecond: number, kind: "jpeg" | "h264" = "jpeg"): void {
		for (let i = 0; i < seconds * perSecond; i++) {
			this.pass(1000 / perSecond);
			this.held++;
			const bytes = new Uint8Array(1000);
			const recycle = (): void => void this.held--;
			if (kind === "jpeg") {
				const frame = new Frame(bytes, 0, 1000, i, this.now, undefined, recycle);
				this.recorder.frame(this.now, this.utc, frame);
				frame.release();
			} else {
				const isKey = i % perSecond === 0;
				const unit = new AccessUnit(bytes, 0, 1000, isKey, i, this.now, this.ticks, recycle);
				this.recorder.unit(this.now, this.utc, unit, []);
				unit.release();
			}
			if (i % perSecond === perSecond - 1) this.recorder.tick(this.now, this.utc);
		}
	}

	/** Lets seconds pass without pictures. */
	silence(seconds: number): void {
		for (let i = 0; i < seconds; i++) {
			this.pass(1000);
			this.recorder.tick(this.now, this.utc);
		}
	}

	private pass(time: number): void {
		this.now += time;
		this.utc += time;
		this.ticks += 90 * time;
	}
}

describe("storage/recorder/camera-recorder", () => {
	it("records all that comes in the mode continuous, and marks a silent source after 5 s (STR-13)", () => {
		const scene = new Scene("continuous");
		const { recorder, store } = scene;
		scene.pictures(3, 10);
		assert.equal(store.timesOf(KEY).length, 30);
		assert.equal(recorder.why, undefined);
		scene.silence(5);
		assert.equal(recorder.why, undefined);
		scene.silence(1);
		assert.equal(recorder.why, "source");
		scene.pictures(1, 10);
		assert.equal(recorder.why, undefined);
		assert.deepEqual(store.gapsOf(KEY), ["source", undefined]);
	});

	it("records at the times of the schedule and is `waiting` at others (STR-13)", () => {
		const scene = new Scene("scheduled");
		const { recorder, store } = scene;
		assert.equal(recorder.wantsPictures(scene.now, scene.utc), false);
		scene.silence(1);
		assert.equal(recorder.why, "waiting");
		scene.utc = MONDAY + 8 * 3_600_000;
		assert.equal(recorder.wantsPictures(scene.now, scene.utc), true);
		scene.pictures(2, 5);
		assert.equal(store.timesOf(KEY).length, 10);
		scene.utc = MONDAY + 18 * 3_600_000 - 1000;
		scene.pictures(3, 5);
		assert.equal(recorder.why, "waiting");
		assert.deepEqual(store.gapsOf(KEY), ["waiting"]);
		assert.ok((store.timesOf(KEY).at(-1) ?? 0) < MONDAY + 18 * 3_600_000);
	});

	it("records on demand for as long as it was asked for, whatever the mode (STR-13)", () => {
		for (const mode of ["demand", "off", "scheduled"] as const) {
			const scene = new Scene(mode);
			const { recorder, store } = scene;
			assert.equal(recorder.wantsPictures(scene.now, scene.utc), false);
			recorder.record(scene.now + 3000);
			assert.equal(recorder.wantsPictures(scene.now, scene.utc), true);
			scene.pictures(6, 10);
			assert.equal(store.timesOf(KEY).length, 29, mode);
			assert.deepEqual(store.gapsOf(KEY), [mode === "scheduled" ? "waiting" : "off"]);
			recorder.record(scene.now + 100_000);
			scene.pictures(1, 10);
			assert.equal(recorder.why, undefined);
			recorder.stop(scene.now, scene.utc);
			assert.equal(recorder.why, mode === "scheduled" ? "waiting" : "off");
		}
	});

	it("records events with the seconds before and after them (STR-26)", () => {
		const scene = new Scene("event");
		const { recorder, store } = scene;
		scene.pictures(20, 10);
		assert.equal(store.timesOf(KEY).length, 0);
		assert.equal(recorder.why, "waiting");
		assert.ok(scene.held >= 50 && scene.held <= 52, `${scene.held} pictures in memory`);
		const began = scene.utc;
		recorder.eventBegan();
		scene.pictures(3, 10);
		recorder.eventEnded(scene.now);
		const ended = scene.utc;
		scene.pictures(20, 10);
		const times = store.timesOf(KEY);
		assert.ok(times[0] <= began - 5000 && times[0] > began - 5300, `${began - times[0]} ms before`);
		const last = times.at(-1) ?? 0;
		assert.ok(last < ended + 10_000 && last >= ended + 9800, `${last - ended} ms after`);
		assert.deepEqual(store.gapsOf(KEY), ["waiting"]);
		for (let i = 1; i < times.length; i++) assert.equal(times[i] - times[i - 1], 100);
	});

	it("goes on through events that follow each other closely, and counts those that overlap (STR-26)", () => {
		const scene = new Scene("event");
		const { recorder, store } = scene;
		recorder.eventBegan();
		scene.pictures(2, 10);
		recorder.eventBegan();
		recorder.eventEnded(scene.now);
		scene.pictures(15, 10);
		assert.equal(recorder.why, undefined);
		recorder.eventEnded(scene.now);
		scene.pictures(5, 10);
		recorder.eventBegan();
		scene.pictures(20, 10);
		assert.equal(store.segmentsOf(KEY).length, 1);
		assert.equal(recorder.why, undefined);
	});

	it("begins an event's H.264 with a key picture, and loses none between memory and store (STR-26)", () => {
		const scene = new Scene("event");
		const { recorder, store } = scene;
		scene.pictures(20, 10, "h264");
		scene.pictures(1, 4, "h264");
		recorder.eventBegan();
		const began = scene.utc;
		scene.pictures(2, 10, "h264");
		const times = store.timesOf(KEY);
		assert.ok(times[0] <= began - 5000 && times[0] > began - 6500, `${began - times[0]} ms before`);
		assert.equal(store.segmentsOf(KEY).length, 1);
		for (let i = 1; i < times.length; i++) assert.ok(times[i] - times[i - 1] <= 250);
	});

	it("keeps what is before an event within its memory (STR-26)", () => {
		const scene = new Scene("event", {}, 20_000);
		scene.pictures(20, 10);
		assert.ok(scene.held <= 20, `${scene.held}`);
		scene.recorder.eventBegan();
		scene.pictures(1, 10);
		assert.equal(scene.store.timesOf(KEY).length, 30);
		assert.equal(scene.held, 0);
	});

	it("forgets what it kept when the source is lost: the gap is real", () => {
		const scene = new Scene("event");
		scene.pictures(5, 10);
		scene.recorder.sourceLost(scene.now, scene.utc);
		assert.equal(scene.held, 0);
		assert.equal(scene.recorder.why, "waiting");
	});

	it("reduces the rate, and records all around events (STR-13)", () => {
		const scene = new Scene("continuous", { rate: 5, quietRate: 1 });
		const { recorder, store } = scene;
		/** Lets ten seconds pass. */
		const recorded = (): number => {
			const before = store.timesOf(KEY).length;
			scene.pictures(10, 10);
			return store.timesOf(KEY).length - before;
		};
		assert.ok(Math.abs(recorded() - 10) <= 1);
		recorder.eventBegan();
		assert.ok(Math.abs(recorded() - 50) <= 1);
		recorder.eventEnded(scene.now);
		assert.ok(Math.abs(recorded() - 50) <= 1);
		assert.ok(Math.abs(recorded() - 10) <= 1);
		assert.equal(store.segmentsOf(KEY).length, 1);
	});

	it("records only key pictures of H.264 while it is quiet, and goes on from a key picture (STR-13)", () => {
		const scene = new Scene("continuous", { quietRate: 1 });
		const { recorder, store } = scene;
		scene.pictures(5, 10, "h264");
		assert.equal(store.timesOf(KEY).length, 5);
		recorder.eventBegan();
		scene.pictures(2, 10, "h264");
		assert.equal(store.timesOf(KEY).length, 25);
	});

	it("tells of a store that is not ready or in trouble, and begins by itself (STR-13)", () => {
		const scene = new Scene("continuous");
		const { recorder, store } = scene;
		store.state = "opening";
		scene.pictures(2, 5);
		assert.equal(recorder.why, "storage");
		store.state = "ready";
		scene.pictures(1, 5);
		assert.equal(recorder.why, undefined);
		store.listeners.get(KEY)?.storageTrouble("full");
		assert.equal(recorder.storageFault, "full");
		store.listeners.get(KEY)?.storageWorks();
		assert.equal(recorder.storageFault, undefined);
		store.state = "failed";
		scene.pictures(1, 5);
		assert.deepEqual(store.gapsOf(KEY), ["storage"]);
	});

	it("has no gap, and no two pictures of one time, when pictures come in bursts or the clock goes back a little", () => {
		const scene = new Scene("continuous", { rate: 1000 });
		scene.pictures(1, 10);
		scene.utc -= 500;
		scene.pictures(1, 10);
		const times = scene.store.timesOf(KEY);
		for (let i = 1; i < times.length; i++) assert.ok(times[i] > times[i - 1]);
		assert.equal(scene.store.segmentsOf(KEY).length, 1);
	});

	it("ends an event and a wish in time although the clock is set back (STR-26)", () => {
		const scene = new Scene("event");
		const { recorder } = scene;
		recorder.eventBegan();
		scene.pictures(1, 5);
		recorder.eventEnded(scene.now);
		recorder.record(scene.now + 5000);
		scene.utc -= 86_400_000;
		scene.pictures(9, 5);
		assert.equal(recorder.why, undefined);
		scene.pictures(2, 5);
		assert.equal(recorder.why, "waiting");
	});

	it("does not record without a date", () => {
		const scene = new Scene("continuous");
		scene.recorder.tick(0, undefined);
		assert.equal(scene.recorder.why, "clock");
		assert.equal(scene.recorder.wantsPictures(0, undefined), false);
	});

	it("takes over another name with the first segment after a gap, once the old writer has ended", () => {
		const scene = new Scene("continuous");
		const { recorder, store } = scene;
		scene.pictures(1, 5);
		recorder.title = "Front door";
		scene.pictures(1, 5);
		store.ending = [];
		recorder.setMode(scene.now, scene.utc, "off");
		assert.equal(recorder.why, "off");
		recorder.setMode(scene.now, scene.utc, "continuous");
		scene.pictures(1, 5);
		assert.equal(recorder.why, "storage");
		for (const end of store.ending) end();
		scene.pictures(1, 5);
		assert.deepEqual(
			store.segmentsOf(KEY).map(({ title, times, gap }) => [title, times.length, gap]),
			[
				["Door", 10, "off"],
				["Front door", 5, undefined],
			],
		);
	});

	it("ends in order: what is running becomes `off`, and nothing follows", () => {
		const scene = new Scene("continuous");
		scene.pictures(1, 5);
		let done = 0;
		scene.recorder.close(() => done++);
		assert.equal(done, 1);
		assert.equal(scene.recorder.wantsPictures(scene.now, scene.utc), false);
		scene.pictures(1, 5);
		assert.deepEqual(scene.store.gapsOf(KEY), ["off"]);
		assert.equal(scene.held, 0);
	});
});
