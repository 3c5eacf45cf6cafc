import assert from "node:assert/strict";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import { eventPath } from "../../src/storage/events/event-path";
import { buildEventRecord } from "../../src/storage/events/event-record";
import { FileEventLog } from "../../src/storage/events/file-event-log";
import type { RecordedEvent } from "../../src/storage/recorded-event";
import { seedsUpTo } from "../support/seeds";
import { VirtualFolder } from "../support/virtual-folder";

const T = Date.UTC(2026, 10, 26, 23, 59, 50);
const DAY = 86_400_000;

/** A machine with a log of events. */
class Logger {
	readonly world: World;
	readonly machine: VirtualMachine;
	log!: FileEventLog;
	pump!: Pump;

	constructor(seed: number, disk = {}) {
		this.world = new World(seed);
		this.machine = new VirtualMachine(this.world, "nas", { disk });
		this.open();
	}

	open(most?: number): void {
		this.pump = new Pump(this.machine.clock);
		this.log = new FileEventLog(this.machine.files, this.pump, most);
		this.log.start();
	}

	ready(): this {
		assert.ok(this.world.runUntil(() => this.log.state !== "opening", 60_000));
		return this;
	}

	flush(): void {
		let isDone = false;
		this.log.flush(() => {
			isDone = true;
		});
		assert.ok(this.world.runUntil(() => isDone, 60_000));
	}

	powerCut(): void {
		this.machine.crash();
		this.world.runFor(100);
		this.machine.powerOn();
		this.open();
	}

	all(): readonly RecordedEvent[] {
		return this.log.events(undefined, 0, Infinity, 100_000);
	}
}

describe("simulation/event-log", () => {
	it("reads logs that somebody has prepared in little time, and keeps new events all the same (STR-26)", () => {
		const folder = new VirtualFolder();
		for (const path of ["events", "events/a"]) folder.answer((done) => folder.machine.files.makeFolder(path, done));
		const lines: Uint8Array[] = [];
		// With work that grows by the square of the length this would take minutes. XS is some thirty times as slow.
		const count = "😀".length === 2 ? 40_000 : 1500;
		for (let id = 1; id <= count; id++)
			lines.push(buildEventRecord({ type: "begin", id, utc: T, kind: "call", label: "" }));
		for (let id = 1; id <= count; id++)
			lines.push(buildEventRecord({ type: "end", id, utc: T + 1, still: T, score: 0 }));
		const last = 999_999_999_999_999;
		lines.push(buildEventRecord({ type: "begin", id: last, utc: T, kind: "call", label: "last" }));
		lines.push(buildEventRecord({ type: "end", id: last, utc: T + 1, still: T, score: 0 }));
		const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
		let at = 0;
		for (const line of lines) {
			bytes.set(line, at);
			at += line.length;
		}
		folder.write(eventPath("a", T), bytes);
		const open = (): FileEventLog => {
			const log = new FileEventLog(folder.machine.files, new Pump(folder.machine.clock));
			log.start();
			assert.ok(folder.world.runUntil(() => log.state !== "opening", 60_000));
			return log;
		};
		const log = open();
		assert.ok(log.length <= 1025 && log.event(last)?.label === "last");
		const event = log.begin("a", "motion", T + 5000, "new");
		log.end(event.id, T + 6000);
		let isDone = false;
		log.flush(() => {
			isDone = true;
		});
		assert.ok(folder.world.runUntil(() => isDone, 60_000));
		assert.equal(open().event(event.id)?.label, "new");
	});

	it("has all events after a restart, across midnight and of several cameras (STR-26)", () => {
		const logger = new Logger(1).ready();
		const { log } = logger;
		const first = log.begin("gate", "motion", T, "");
		log.update(first.id, T + 300, 17);
		const second = log.begin("yard", "call", T + 5000, "Bell\nrings");
		log.end(first.id, T + 20_000);
		const third = log.begin("gate", "switch", T + 15_000, "");
		log.end(third.id, T + 16_000);
		log.end(second.id, T + 30_000);
		assert.equal(log.end(second.id, T + 31_000), undefined);
		const before = logger.all();
		assert.deepEqual(before[0], { ...first, to: T + 20_000, still: T + 300, score: 17 });
		assert.equal(before[1].label, "Bell rings");
		logger.flush();
		logger.powerCut();
		assert.deepEqual(logger.ready().all(), before);
		assert.ok(
			logger.log.begin("gate", "motion", T - 1e9, "").id > third.id,
			"numbers rise although the clock went back",
		);
	});

	it("tells listeners after the call, in order", () => {
		const logger = new Logger(2).ready();
		const heard: string[] = [];
		const remove = logger.log.watch({
			eventBegan: ({ camera, to }) => void heard.push(`began ${camera} ${to}`),
			eventEnded: ({ camera, to }) => void heard.push(`ended ${camera} ${to}`),
		});
		const { id } = logger.log.begin("gate", "motion", T, "");
		logger.log.end(id, T + 7);
		assert.deepEqual(heard, []);
		logger.world.runFor(10);
		assert.deepEqual(heard, ["began gate undefined", `ended gate ${T + 7}`]);
		remove();
		logger.log.begin("gate", "motion", T, "");
		logger.world.runFor(10);
		assert.equal(heard.length, 2);
	});

	it("takes events while it is still being read, and keeps them apart from older ones", () => {
		const logger = new Logger(3).ready();
		for (let i = 0; i < 50; i++)
			logger.log.end(logger.log.begin("gate", "motion", T + i * 1000, "").id, T + i * 1000 + 500);
		logger.flush();
		logger.powerCut();
		assert.equal(logger.log.state, "opening");
		const early = logger.log.begin("gate", "motion", T + 100_000, "early");
		logger.ready();
		assert.equal(logger.all().length, 51);
		assert.equal(logger.log.end(early.id, T + 101_000)?.label, "early");
		logger.flush();
		logger.powerCut();
		assert.equal(logger.ready().all().length, 51);
	});

	it("loses no event that was on the medium at 100 power cuts, and never has a torn one (STR-26)", () => {
		for (let seed = 1; seed <= seedsUpTo(100); seed++) {
			const logger = new Logger(seed).ready();
			const random = new Prng(seed);
			/** What was on the medium at the last flush: events by number, and those that had ended. */
			const durable = new Map<number, RecordedEvent>();
			const known = new Map<number, RecordedEvent>();
			for (let round = 0; round < 4; round++) {
				const open: number[] = [];
				let at = T + round * 100_000;
				for (let n = random.below(30); n >= 0; n--) {
					at += 1 + random.below(4000);
					if (open.length > 0 && random.chance(0.5)) {
						const id = open.shift() as number;
						logger.log.update(id, at, random.below(100));
						known.set(id, logger.log.end(id, at) as RecordedEvent);
					} else {
						const event = logger.log.begin(`camera-${random.below(3)}`, "motion", at, `n${n}`);
						known.set(event.id, event);
						open.push(event.id);
					}
					if (random.chance(0.3)) logger.world.runFor(random.below(30));
					if (random.chance(0.1)) {
						logger.flush();
						for (const [id, event] of known) durable.set(id, event);
					}
				}
				logger.powerCut();
				const found = new Map(
					logger
						.ready()
						.all()
						.map((event) => [event.id, event]),
				);
				assert.equal(logger.log.state, "ready", `seed ${seed}`);
				for (const [id, event] of durable) {
					const now = found.get(id);
					assert.ok(now !== undefined, `seed ${seed}: event ${id} is lost`);
					if (event.to !== undefined) assert.deepEqual(now, event, `seed ${seed}`);
				}
				for (const [id, event] of found) {
					const meant = known.get(id);
					assert.ok(meant !== undefined, `seed ${seed}: event ${id} never happened`);
					assert.ok(event.to !== undefined, `seed ${seed}: event ${id} ended with the power cut`);
					assert.equal(event.label, meant.label);
				}
				known.clear();
				durable.clear();
				for (const [id, event] of found) {
					known.set(id, event);
					durable.set(id, event);
				}
			}
		}
	});

	it("keeps events while the medium is full, and writes them when it has room again", () => {
		const logger = new Logger(5, { capacity: 100 }).ready();
		logger.log.begin("gate", "motion", T, "one");
		logger.log.begin("gate", "motion", T + 1000, "two");
		logger.flush();
		assert.match(logger.log.trouble ?? "", /./);
		assert.equal(logger.all().length, 2);
		logger.machine.disk.settings.capacity = 1e6;
		logger.log.maintain(() => -Infinity);
		logger.flush();
		assert.equal(logger.log.trouble, undefined);
		logger.powerCut();
		assert.deepEqual(
			logger
				.ready()
				.all()
				.map(({ label }) => label),
			["one", "two"],
		);
	});

	it("works on a disk that fails at random, and starts with what can be read", () => {
		for (let seed = 1; seed <= seedsUpTo(30); seed++) {
			const logger = new Logger(seed, { faults: 0.1 }).ready();
			for (let i = 0; i < 30; i++) {
				logger.log.end(logger.log.begin("gate", "motion", T + i * 1000, "").id, T + i * 1000 + 1);
				logger.world.runFor(20);
			}
			logger.machine.disk.settings.faults = 0;
			logger.log.maintain(() => -Infinity);
			logger.flush();
			logger.powerCut();
			assert.equal(logger.ready().all().length, 30, `seed ${seed}`);
			logger.machine.disk.fail("read");
			logger.powerCut();
			assert.equal(logger.ready().log.state, "failed");
			assert.equal(logger.log.begin("gate", "motion", T, "").camera, "gate");
		}
	});

	it("deletes logs of days before those that are kept", () => {
		const logger = new Logger(6).ready();
		for (let day = 0; day < 10; day++)
			for (const camera of ["gate", "yard"]) {
				const { id } = logger.log.begin(camera, "motion", T + day * DAY, "");
				logger.log.end(id, T + day * DAY + 1000);
			}
		logger.flush();
		logger.log.maintain((camera) => (camera === "gate" ? T + 5 * DAY : -Infinity));
		logger.world.runFor(1000);
		assert.equal(logger.log.events("gate", 0, Infinity, 100).length, 5);
		assert.equal(logger.log.events("yard", 0, Infinity, 100).length, 10);
		logger.open();
		assert.equal(logger.ready().log.events("yard", 0, Infinity, 100).length, 10);
		// An event may have lasted into the next day, so the log of one more day stays.
		assert.equal(logger.log.events("gate", 0, Infinity, 100).length, 6);
	});

	it("skips lines that are not its own, and long ones", () => {
		const folder = new VirtualFolder();
		const path = "events/gate/2026-11-26.log";
		folder.answer((done) => folder.machine.files.makeFolder("events", done));
		folder.answer((done) => folder.machine.files.makeFolder("events/gate", done));
		folder.answer((done) => folder.machine.files.makeFolder("events/NO KEY", done));
		const pump = new Pump(folder.machine.clock);
		const log = new FileEventLog(folder.machine.files, pump);
		log.start();
		assert.ok(folder.world.runUntil(() => log.state === "ready", 1000));
		for (let i = 0; i < 400; i++) log.end(log.begin("gate", "motion", T + i, "x".repeat(64)).id, T + i + 1);
		folder.world.runFor(1000);
		const files = folder.machine.files;
		const size = folder.wait<number>((done) =>
			files.stat(path, (answer) => done(answer.failure === undefined ? answer.value.size : -1)),
		);
		assert.ok(size > 50_000, `${size}`);
		folder.write("events/yard.log", new Uint8Array(10));
		folder.write("events/gate/2026-11-25.log", new Uint8Array(40_000).fill(65));
		folder.write("events/gate/2026-02-30.log", new Uint8Array(100));
		const again = new FileEventLog(files, pump);
		again.start();
		assert.ok(folder.world.runUntil(() => again.state === "ready", 1000));
		assert.equal(again.length, 400);
		assert.equal(again.skipped, 1);
	});
});
