import assert from "node:assert/strict";
import type { DiskSettings } from "../../../hosts/virtual/virtual-disk";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import type { FileDone, FileFailure, FileMode, FileSink, OpenFile } from "../../../src/ports/files";

const SEEDS = 200;
const OLD = new Uint8Array(3000).fill(1);
const NEW = new Uint8Array(3000).fill(2);

/** A machine with a disk, and the operations of its files as if they took no time. */
class Bench {
	readonly world: World;
	readonly machine: VirtualMachine;

	constructor(seed: number, disk: Partial<DiskSettings> = {}) {
		this.world = new World(seed);
		this.machine = new VirtualMachine(this.world, "machine", { disk });
	}

	get files() {
		return this.machine.files;
	}

	/** Does an operation. @returns its value; fails when it failed */
	value<Value>(start: (done: FileDone<Value>) => void): Value {
		let result: { value: Value } | undefined;
		start((answer) => {
			if (answer.failure !== undefined) assert.fail(`${answer.failure}: ${answer.detail}`);
			result = answer;
		});
		this.world.runUntil(() => result !== undefined, 1000);
		assert.ok(result !== undefined);
		return result.value;
	}

	/** Does an operation. @returns how it failed, if it did */
	failure(start: (done: FileDone<unknown>) => void): FileFailure | undefined {
		let ended = false;
		let failure: FileFailure | undefined;
		start((answer) => {
			ended = true;
			failure = answer.failure;
		});
		this.world.runUntil(() => ended, 1000);
		return failure;
	}

	open(path: string, mode: FileMode = "create-or-update"): OpenFile {
		return this.value((done) => this.files.open(path, mode, done));
	}

	/** Does operations of a file. @returns how each ended: a count, or a failure */
	ended(...starts: ((sink: FileSink) => void)[]): (number | FileFailure)[] {
		const results: (number | FileFailure)[] = [];
		const sink: FileSink = {
			completed: (_operation, count) => results.push(count),
			failed: (_operation, why) => results.push(why),
		};
		for (const start of starts) start(sink);
		this.world.runUntil(() => results.length === starts.length, 1000);
		return results;
	}

	/** Writes a file and syncs it with its name. */
	put(path: string, content: Uint8Array): void {
		const file = this.open(path);
		this.ended(
			(sink) => file.write(0, content, 0, content.length, sink),
			(sink) => file.sync(sink),
			(sink) => file.close(sink),
		);
		this.value((done) => this.files.syncFolder("", done));
	}

	/** What a file holds; `undefined` when it is not there. */
	get(path: string): Uint8Array | undefined {
		if (this.failure((done) => this.files.stat(path, done)) === "not-found") return undefined;
		const file = this.open(path, "read");
		const bytes = new Uint8Array(file.size);
		this.ended((sink) => file.read(0, bytes, 0, bytes.length, sink));
		return bytes;
	}

	restart(): void {
		this.machine.crash();
		this.machine.powerOn();
	}
}

/** What came of it with each seed. */
function outcomes(of: (bench: Bench) => string): Map<string, number> {
	const counts = new Map<string, number>();
	for (let seed = 1; seed <= SEEDS; seed++) {
		const outcome = of(new Bench(seed));
		counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
	}
	return counts;
}

function describeContent(content: Uint8Array | undefined): string {
	if (content === undefined) return "missing";
	for (const [name, whole] of [["old", OLD] as const, ["new", NEW] as const]) {
		if (content.length === whole.length && content.every((octet, i) => octet === whole[i])) return name;
	}
	return content.length === 0 ? "empty" : "damaged";
}

describe("hosts-virtual/virtual-disk", () => {
	it("keeps a file after a crash when its content and name were synced", () => {
		const seen = outcomes((bench) => {
			bench.put("a", OLD);
			bench.restart();
			return describeContent(bench.get("a"));
		});
		assert.deepEqual([...seen.keys()], ["old"]);
	});

	it("may lose a file when only its content was synced", () => {
		const seen = outcomes((bench) => {
			const file = bench.open("a");
			bench.ended(
				(sink) => file.append(OLD, 0, OLD.length, sink),
				(sink) => file.sync(sink),
			);
			bench.restart();
			return describeContent(bench.get("a"));
		});
		assert.deepEqual([...seen.keys()].sort(), ["missing", "old"]);
	});

	it("loses, tears and reorders writes that were not synced", () => {
		const seen = outcomes((bench) => {
			bench.put("a", new Uint8Array(0));
			const file = bench.open("a");
			bench.ended(
				(sink) => file.write(0, NEW, 0, 1000, sink),
				(sink) => file.write(1000, NEW, 0, 1000, sink),
				(sink) => file.write(2000, NEW, 0, 1000, sink),
			);
			assert.equal(describeContent(bench.get("a")), "new", "programs see what they wrote");
			bench.restart();
			const content = bench.get("a") as Uint8Array;
			const blocks = [0, 1000, 2000].map((at) => {
				const block = content.slice(at, at + 1000);
				if (block.length === 1000 && block.every((octet) => octet === 2)) return "+";
				return block.length > 0 && block[0] === 2 ? "torn" : "-";
			});
			return blocks.join(" ");
		});
		for (const expected of ["- - -", "+ + +", "+ - -", "- + -", "- - +", "- - torn", "+ + torn", "- + +"]) {
			assert.ok(seen.has(expected), `never: ${expected}; seen: ${[...seen.keys()].join(", ")}`);
		}
		assert.ok(![...seen.keys()].some((outcome) => outcome.startsWith("torn")), "only the last write is torn");
	});

	it("shows the old or the new file after a crash at any moment, when it was replaced correctly", () => {
		const seen = new Map<string, number>();
		for (let seed = 1; seed <= SEEDS; seed++) {
			const bench = new Bench(seed);
			bench.put("a", OLD);
			let finished = false;
			const { files } = bench;
			files.open("a.part", "create-or-update", (opened) => {
				if (opened.failure !== undefined) assert.fail(opened.detail);
				const file = opened.value;
				const sink: FileSink = {
					completed(operation) {
						if (operation !== "close") return;
						files.rename("a.part", "a", () =>
							files.syncFolder("", () => {
								finished = true;
							}),
						);
					},
					failed: (_operation, _why, detail) => assert.fail(detail),
				};
				for (let at = 0; at < NEW.length; at += 500) file.append(NEW, at, at + 500, sink);
				file.sync(sink);
				file.close(sink);
			});
			for (let steps = seed % 16; steps > 0 && !finished; steps--) bench.world.step();
			bench.restart();
			const outcome = describeContent(bench.get("a"));
			assert.ok(outcome === "old" || outcome === "new", `${seed}: ${outcome}`);
			if (finished) assert.equal(outcome, "new", `seed ${seed}`);
			seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
		}
		assert.deepEqual([...seen.keys()].sort(), ["new", "old"]);
	});

	it("may damage a file that was replaced without a sync", () => {
		const seen = outcomes((bench) => {
			bench.put("a", OLD);
			const file = bench.open("a.part");
			bench.ended(
				(sink) => file.append(NEW, 0, 1000, sink),
				(sink) => file.append(NEW, 1000, 3000, sink),
				(sink) => file.close(sink),
			);
			bench.value((done) => bench.files.rename("a.part", "a", done));
			bench.restart();
			return describeContent(bench.get("a"));
		});
		for (const outcome of ["old", "new", "empty", "damaged"]) assert.ok(seen.has(outcome), outcome);
	});

	it("keeps changes of folders in order", () => {
		const seen = outcomes((bench) => {
			for (const name of ["a", "b", "c"]) bench.value((done) => bench.files.makeFolder(name, done));
			bench.value((done) => bench.files.makeFolder("a/inner", done));
			bench.restart();
			return ["a", "b", "c", "a/inner"]
				.map((path) => (bench.failure((done) => bench.files.stat(path, done)) === undefined ? "+" : "-"))
				.join("");
		});
		assert.deepEqual([...seen.keys()].sort(), ["++++", "+++-", "++--", "+---", "----"]);
	});

	it("syncs a folder together with earlier changes, but not later ones", () => {
		const seen = outcomes((bench) => {
			for (const path of ["a", "a/inner"]) bench.value((done) => bench.files.makeFolder(path, done));
			bench.value((done) => bench.files.syncFolder("a", done));
			bench.value((done) => bench.files.makeFolder("b", done));
			bench.restart();
			return ["a", "a/inner", "b"]
				.map((path) => (bench.failure((done) => bench.files.stat(path, done)) === undefined ? "+" : "-"))
				.join("");
		});
		assert.deepEqual([...seen.keys()].sort(), ["+++", "++-"]);
	});

	it("gives the same history for the same seed", () => {
		const history = (seed: number) => {
			const bench = new Bench(seed, { faults: 0.2 });
			const results: unknown[] = [];
			for (let i = 0; i < 50; i++) {
				bench.files.open(`${i % 5}`, "create-or-update", (answer) => {
					results.push(answer.failure);
					if (answer.failure !== undefined) return;
					const sink: FileSink = {
						completed: (operation) => results.push(operation),
						failed: (operation, why) => results.push([operation, why]),
					};
					answer.value.append(OLD, 0, i * 10, sink);
					answer.value.sync(sink);
					answer.value.close(sink);
				});
				bench.world.runFor(3);
			}
			bench.restart();
			for (let i = 0; i < 5; i++) bench.files.stat(`${i}`, (answer) => results.push(answer));
			bench.world.runFor(10);
			return results;
		};
		assert.deepEqual(history(7), history(7));
		assert.notDeepEqual(history(7), history(8));
	});

	it("writes what fits when it is full, and has space again after a deletion", () => {
		const bench = new Bench(1, { capacity: 5000 });
		bench.put("a", OLD);
		const file = bench.open("b");
		assert.deepEqual(
			bench.ended((sink) => file.append(NEW, 0, 3000, sink)),
			["full"],
		);
		assert.equal(file.size, 2000);
		assert.deepEqual(
			bench.value((done) => bench.files.space(done)),
			{ free: 0, total: 5000 },
		);
		assert.deepEqual(
			bench.ended(
				(sink) => file.append(NEW, 0, 1, sink),
				(sink) => file.truncate(2001, sink),
				(sink) => file.write(0, OLD, 0, 2000, sink),
				(sink) => file.truncate(0, sink),
				(sink) => file.append(NEW, 0, 2000, sink),
			),
			["full", "full", 2000, 0, 2000],
		);
		bench.value((done) => bench.files.delete("a", done));
		assert.equal(bench.machine.disk.space.free, 3000);
	});

	it("frees the space of a deleted file when it is closed, and of a replaced file", () => {
		const bench = new Bench(1, { capacity: 10_000 });
		bench.put("a", OLD);
		bench.put("b", NEW);
		const file = bench.open("a");
		bench.value((done) => bench.files.delete("a", done));
		assert.equal(bench.machine.disk.used, 6000);
		bench.ended((sink) => file.close(sink));
		assert.equal(bench.machine.disk.used, 3000);
		bench.put("c", OLD);
		bench.value((done) => bench.files.rename("c", "b", done));
		assert.equal(bench.machine.disk.used, 3000);
		bench.restart();
		assert.ok(bench.machine.disk.used <= 6000);
	});

	it("fails on demand, after the given number of successes", () => {
		const bench = new Bench(1);
		const file = bench.open("a");
		const { disk } = bench.machine;
		disk.fail("write", "full", 1);
		disk.fail("sync");
		disk.fail("rename", "busy");
		disk.fail("close", "failed");
		assert.deepEqual(
			bench.ended(
				(sink) => file.append(OLD, 0, 100, sink),
				(sink) => file.append(OLD, 0, 100, sink),
				(sink) => file.sync(sink),
				(sink) => file.sync(sink),
				(sink) => file.close(sink),
			),
			[100, "full", "failed", 0, "failed"],
		);
		assert.equal(
			bench.failure((done) => bench.files.rename("a", "b", done)),
			"busy",
		);
		assert.equal(
			bench.failure((done) => bench.files.rename("a", "b", done)),
			undefined,
		);
		assert.equal(disk.counts.get("sync"), 2);
	});

	it("may lose writes after a failed sync, even if the next one succeeds", () => {
		const seen = outcomes((bench) => {
			bench.put("a", new Uint8Array(0));
			const file = bench.open("a");
			bench.machine.disk.fail("sync");
			bench.ended(
				(sink) => file.append(NEW, 0, 3000, sink),
				(sink) => file.sync(sink),
				(sink) => file.sync(sink),
			);
			bench.restart();
			return describeContent(bench.get("a"));
		});
		assert.deepEqual([...seen.keys()].sort(), ["empty", "new"]);
	});

	it("makes no call after a crash or while the machine is off", () => {
		const bench = new Bench(1);
		const file = bench.open("a");
		const called: string[] = [];
		const sink: FileSink = { completed: () => called.push("completed"), failed: () => called.push("failed") };
		const before = bench.files;
		file.append(OLD, 0, 100, sink);
		before.stat("a", () => called.push("stat"));
		bench.machine.crash();
		file.sync(sink);
		before.stat("", () => called.push("stat"));
		bench.files.stat("", () => called.push("off"));
		bench.world.runFor(1000);
		bench.machine.powerOn();
		file.sync(sink);
		bench.world.runFor(1000);
		assert.deepEqual(called, []);
		assert.equal(
			bench.failure((done) => bench.files.stat("", done)),
			undefined,
		);
	});

	it("writes the wrong octets when a program changes a lent buffer", () => {
		const bench = new Bench(1);
		const file = bench.open("a");
		const bytes = new Uint8Array(10).fill(1);
		bench.ended((sink) => {
			file.append(bytes, 0, 10, sink);
			bytes.fill(9);
		});
		assert.deepEqual(bench.get("a"), new Uint8Array(10).fill(9));
	});

	it("takes time for each operation, and more for a sync", () => {
		const bench = new Bench(1, { delay: 1, syncDelay: 20, rate: 1000 });
		const file = bench.open("a");
		const start = bench.world.now;
		bench.ended((sink) => file.append(OLD, 0, 100, sink));
		assert.equal(bench.world.now - start, 101);
		bench.ended((sink) => file.sync(sink));
		assert.equal(bench.world.now - start, 122);
	});
});
